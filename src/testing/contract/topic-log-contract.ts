import type { LogEntry, TopicLog } from '../../topics/shared/topic-log.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { turn } from '../clock/in-time.ts'
import { expectEqual, expectTrue } from './assert.ts'
import type { ContractCase } from './contract.ts'

/** A log, as two processes have it. */
export interface TopicLogContext {
  readonly log: TopicLog
  /** The same log by another connection, or `log` itself if there is no such thing. */
  readonly other: TopicLog
  /** Drops all entries of a topic but the newest ones. */
  trim(topic: string, keep: number): MaybePromise<unknown>
}

/** What could be mistaken for a pattern, a path, a property, a statement or another one of them. */
const NAMES = [
  '',
  ' ',
  '*',
  'a:b',
  'A:B',
  'a/b',
  'a\0b',
  '\u00e9',
  'e\u0301',
  "a'; drop table log; --",
  '__proto__',
  'zażółć 🫖',
  'x'.repeat(200),
  `${'x'.repeat(200)}y`,
]

/** What peers could send as an id. */
const NO_IDS = [
  '',
  ' ',
  '0',
  '-',
  '+',
  '$',
  '*',
  '>',
  '(1',
  'abc',
  '-1',
  '1e3',
  'NaN',
  "'; --",
  '\0',
  '\ud800',
  'é',
  '9'.repeat(200),
]

/** What every `TopicLog` does. A context is a log that is empty. */
export const topicLogContract: readonly ContractCase<TopicLogContext>[] = [
  {
    name: 'a log gives back what was appended, in order, each entry with the id that append returned',
    async run({ log, other }) {
      const contents = [
        new Uint8Array(),
        Uint8Array.from({ length: 256 }, (_, i) => i),
        new Uint8Array(1024 * 1024).fill(0x61),
        new Uint8Array([0]),
      ]
      const ids: string[] = []
      for (const [i, content] of contents.entries()) {
        ids.push(await (i % 2 === 0 ? log : other).append('tea', content))
      }
      expectEqual('ids that differ', new Set(ids).size, ids.length)
      // Compared only then: later answers are not to change earlier ones.
      const answers = [
        await log.read('tea', undefined, 10),
        await other.read('tea', undefined, 10),
        await log.last('tea', 10),
      ]
      await log.read('tea', ids[2], 2)
      for (const entries of answers) {
        expectEqual('the ids', idsOf(entries), ids)
        for (const [i, { payload }] of entries.entries()) {
          expectTrue('a payload is a Uint8Array', payload instanceof Uint8Array)
          expectEqual('its length', payload.length, contents[i]!.length)
          expectTrue(
            'its bytes',
            payload.every((byte, at) => byte === contents[i]![at]),
          )
        }
      }
    },
  },
  {
    name: 'a log has ids of 1 to 256 characters',
    async run({ log }) {
      const id = await log.append('tea', new Uint8Array([1]))
      expectEqual('the type', typeof id, 'string')
      expectTrue(`1 to 256 characters: ${id}`, id.length >= 1 && id.length <= 256)
    },
  },
  {
    name: 'a log is read from an entry on, that entry included, no more than was asked for',
    async run({ log }) {
      const ids = await filled(log, 'tea', 12)
      for (const from of [0, 5, 10, 11]) {
        const entries = await log.read('tea', ids[from], 3)
        expectEqual(`from ${from}`, idsOf(entries), ids.slice(from, from + 3))
      }
      expectEqual('from the beginning', idsOf(await log.read('tea', undefined, 4)), ids.slice(0, 4))
    },
  },
  {
    name: 'a log gives the newest entries, the oldest of them first',
    async run({ log }) {
      const ids = await filled(log, 'tea', 12)
      for (const count of [1, 5, 12, 100]) {
        expectEqual(`the last ${count}`, idsOf(await log.last('tea', count)), ids.slice(-count))
      }
    },
  },
  {
    name: 'a log has nothing of a topic to which nothing was appended',
    async run({ log }) {
      const id = await log.append('coffee', new Uint8Array([1]))
      expectEqual('from the beginning', await log.read('tea', undefined, 5), [])
      expectEqual('the newest', await log.last('tea', 5), [])
      const [first] = await log.read('tea', id, 5)
      expectTrue('the id of another topic is not found', first === undefined)
    },
  },
  {
    name: 'a log keeps topics apart, whatever their names',
    async run({ log, other }) {
      const ids = new Map<string, string>()
      for (const name of NAMES) ids.set(name, await log.append(name, utf8(name)))
      for (const name of NAMES) {
        for (const entries of [await other.read(name, undefined, 5), await other.last(name, 5)]) {
          expectEqual('the ids', idsOf(entries), [ids.get(name)])
          expectEqual('the payload', entries[0]?.payload, utf8(name))
        }
      }
    },
  },
  {
    name: 'a log has nothing for an id that no entry could have, and does not fail',
    async run({ log }) {
      const ids = await filled(log, 'tea', 3)
      for (const from of NO_IDS.filter((id) => !ids.includes(id))) {
        const entries = await log.read('tea', from, 5)
        expectTrue(`${JSON.stringify(from)} is not found`, entries[0]?.id !== from)
      }
    },
  },
  {
    name: 'a log that was trimmed goes on after an id that is gone, and has what came after it',
    async run({ log, other, trim }) {
      const ids = await filled(log, 'tea', 10)
      await trim('tea', 4)
      for (const from of [0, 5]) {
        expectEqual(`from ${from}`, idsOf(await other.read('tea', ids[from], 5)), ids.slice(6))
      }
      expectEqual('from 6', idsOf(await other.read('tea', ids[6], 5)), ids.slice(6))
      expectEqual(
        'from the beginning',
        idsOf(await other.read('tea', undefined, 2)),
        ids.slice(6, 8),
      )
      expectEqual('the newest', idsOf(await other.last('tea', 10)), ids.slice(6))
      const next = await log.append('tea', new Uint8Array([1]))
      expectTrue('a new entry has a new id', !ids.includes(next))
      expectEqual('from 9', idsOf(await log.read('tea', ids[9], 5)), [ids[9], next])
      await trim('tea', 0)
      expectEqual('once it is empty', await other.read('tea', next, 5), [])
      const first = await log.append('tea', new Uint8Array([1]))
      expectTrue('a new entry has a new id once it is empty', ![...ids, next].includes(first))
      expectEqual('from one that is gone', idsOf(await other.read('tea', next, 5)), [first])
    },
  },
  {
    name: 'a log has one order: nothing comes in before what was read, however many append',
    async run({ log, other }) {
      const start = await log.append('tea', new Uint8Array([0]))
      const appended: string[] = []
      let isDone = false
      const append = async (): Promise<void> => {
        for (let round = 0; round < 10; round++) {
          const some = [log, other, log, other, log, other].map((one, i) =>
            Promise.resolve(one.append('tea', new Uint8Array([round, i]))),
          )
          appended.push(...(await Promise.all(some)))
          await turn()
        }
        isDone = true
      }
      const follow = async (one: TopicLog): Promise<readonly string[]> => {
        const seen = [start]
        for (let wasDone = false; !wasDone; await turn()) {
          wasDone = isDone
          const entries = await one.read('tea', seen.at(-1), 50)
          expectEqual('it begins with', entries[0]?.id, seen.at(-1))
          seen.push(...idsOf(entries.slice(1)))
        }
        return seen
      }
      const [, ...followed] = await Promise.all([append(), follow(log), follow(other)])
      const all = idsOf(await log.read('tea', undefined, 100))
      expectEqual('each of them', [...all].sort(), [start, ...appended].sort())
      for (const seen of followed) expectEqual('who followed saw', seen, all)
    },
  },
  {
    name: 'a log that is watched tells of what is appended, by either side, to each who watches',
    async run({ log, other }) {
      if (log.watch === undefined) return
      const heard = { tea: 0, again: 0, coffee: 0 }
      const ends = [
        await log.watch('tea', () => heard.tea++),
        await log.watch('coffee', () => heard.coffee++),
        ...(other.watch ? [await other.watch('tea', () => heard.again++)] : []),
      ]
      const others = other.watch ? 1 : 0
      for (const one of [log, other]) {
        const { tea, again } = heard
        await one.append('tea', new Uint8Array([1]))
        while (heard.tea === tea || heard.again < again + others) await turn()
      }
      await log.append('coffee', new Uint8Array([1]))
      while (heard.coffee === 0) await turn()
      await ends.shift()?.()
      const before = heard.again
      await log.append('tea', new Uint8Array([1]))
      // That one has ended is nothing to the other.
      while (heard.again < before + others) await turn()
      for (const end of ends) await end()
      const again = await log.watch('tea', () => heard.tea++)
      const { tea } = heard
      await other.append('tea', new Uint8Array([1]))
      while (heard.tea === tea) await turn()
      await again()
    },
  },
  {
    name: 'a log that is watched tells of each topic, whatever its name',
    async run({ log, other }) {
      if (log.watch === undefined) return
      for (const name of NAMES) {
        let heard = 0
        const end = await log.watch(name, () => heard++)
        await other.append(name, utf8(name))
        while (heard === 0) await turn()
        await end()
      }
    },
  },
  {
    name: 'a log that is watched has an entry by the time it tells of it',
    async run({ log, other }) {
      if (log.watch === undefined) return
      const found = new Set<string | undefined>()
      const look = async (): Promise<void> => {
        const [newest] = await log.last('tea', 1)
        found.add(newest?.id)
      }
      const end = await log.watch('tea', () => void look())
      for (const one of [log, other]) {
        const id = await one.append('tea', new Uint8Array([1]))
        while (!found.has(id)) await turn()
      }
      await end()
    },
  },
]

async function filled(log: TopicLog, topic: string, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push(await log.append(topic, new Uint8Array([i])))
  return ids
}

function idsOf(entries: readonly LogEntry[]): readonly string[] {
  return entries.map(({ id }) => id)
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
