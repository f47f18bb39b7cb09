import { describe, expect, test } from 'vitest'
import { soon, turn } from '../../../src/testing/clock/in-time.ts'
import { contractTests } from '../../../src/testing/contract/contract.ts'
import {
  type TopicLogContext,
  topicLogContract,
} from '../../../src/testing/contract/topic-log-contract.ts'
import { memoryLog } from '../../../src/testing/offline/memory-log.ts'
import type { LogEntry, TopicLog } from '../../../src/topics/shared/topic-log.ts'

/** What is replaced in a sound log. */
type Changes = Partial<TopicLog>

function inMemory(change: (log: TopicLog) => Changes = () => ({})): TopicLogContext {
  const sound = memoryLog()
  const log: TopicLog = { ...sound, ...change(sound) }
  return { log, other: log, trim: sound.trim }
}

describe('a log in memory', () => {
  for (const { name, run } of contractTests(topicLogContract, { start: () => inMemory() })) {
    test(name, run)
  }

  test('may number its entries from 0 on', async () => {
    const all = new Map<string, LogEntry[]>()
    const entriesOf = (topic: string): LogEntry[] => all.get(topic) ?? []
    let given = 0
    const log: TopicLog = {
      append(topic, payload) {
        const id = String(given++)
        all.set(topic, [...entriesOf(topic), { id, payload }])
        return id
      },
      read: (topic, from = '0', limit) =>
        entriesOf(topic)
          .filter(({ id }) => Number(id) >= Number(from))
          .slice(0, limit),
      last: (topic, count) => entriesOf(topic).slice(-count),
    }
    const trim = (topic: string, keep: number): unknown =>
      all.set(topic, keep === 0 ? [] : entriesOf(topic).slice(-keep))
    const start = (): TopicLogContext => {
      all.clear()
      given = 0
      return { log, other: log, trim }
    }
    for (const { run } of contractTests(topicLogContract, { start })) await run()
  })

  test('may have no watch', async () => {
    const start = (): TopicLogContext => inMemory(() => ({ watch: undefined }))
    for (const { run } of contractTests(topicLogContract, { start })) await run()
  })
})

describe('the contract of logs finds a log', () => {
  const numbers = (from: string | undefined): number => Number(from ?? 0)

  test.each<[string, (log: TopicLog) => Changes]>([
    [
      'that leaves out the entry it is read from',
      (log) => ({
        read: async (topic, from, limit) =>
          (await log.read(topic, from, limit + 1)).filter(({ id }) => id !== from),
      }),
    ],
    ['without a limit', (log) => ({ read: (topic, from) => log.read(topic, from, 1_000) })],
    [
      'that gives the newest ones first',
      (log) => ({ last: async (...args) => [...(await log.last(...args))].reverse() }),
    ],
    [
      'that stops at an id that is gone',
      (log) => ({
        async read(topic, from, limit) {
          const entries = await log.read(topic, from, limit)
          return from === undefined || entries[0]?.id === from ? entries : []
        },
      }),
    ],
    [
      'that fails for an id that is none',
      (log) => ({
        read(topic, from, limit) {
          if (Number.isNaN(numbers(from))) throw new Error('invalid id')
          return log.read(topic, from, limit)
        },
      }),
    ],
    [
      'that takes an id for another one',
      (log) => ({
        async read(topic, from, limit) {
          if (from !== '0') return log.read(topic, from, limit)
          return (await log.read(topic, undefined, limit)).map((entry) => ({ ...entry, id: '0' }))
        },
      }),
    ],
    [
      'with one order for all topics',
      (log) => ({
        append: (_, payload) => log.append('', payload),
        read: (_, from, limit) => log.read('', from, limit),
        last: (_, count) => log.last('', count),
        watch: (_, wake) => log.watch!('', wake),
      }),
    ],
    [
      'in which an entry comes in late',
      () => {
        let given = 0
        const all: { id: string; payload: Uint8Array }[] = []
        return {
          async append(_, payload) {
            const id = String(++given)
            // As a sequence of a database does it, whose transactions end as they like.
            if (given % 2 === 0) for (let i = 0; i < 20; i++) await Promise.resolve()
            if (given % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
            all.push({ id, payload })
            all.sort((a, b) => Number(a.id) - Number(b.id))
            return id
          },
          read: (_, from, limit) =>
            all.filter(({ id }) => Number(id) >= numbers(from)).slice(0, limit),
          last: (_, count) => all.slice(-count),
          watch: undefined,
        }
      },
    ],
    ['that gives payloads as text', (log) => ({ read: textual(log) })],
    ['that gives payloads which it uses again', (log) => ({ read: inOneBuffer(log) })],
    ['that does not tell capitals apart', (log) => named(log, (topic) => topic.toLowerCase())],
    ['that cuts names', (log) => named(log, (topic) => topic.slice(0, 200))],
    ['that normalizes names', (log) => named(log, (topic) => topic.normalize())],
  ])('%s', async (_, change) => {
    const start = (): TopicLogContext => inMemory(change)
    const tests = contractTests(topicLogContract, { start })
    const outcomes = await Promise.allSettled(tests.map(({ run }) => run()))
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason.name)] : [],
    )
    expect(failures.length).toBeGreaterThan(0)
  })

  test.each<[string, (log: TopicLog) => Changes]>([
    [
      'that tells of an entry before it has it',
      (log) => {
        const watchers = new Set<() => void>()
        return {
          async append(topic, payload) {
            for (const wake of watchers) wake()
            await soon(() => false)
            return log.append(topic, payload)
          },
          watch(_, wake) {
            watchers.add(wake)
            return () => watchers.delete(wake)
          },
        }
      },
    ],
    [
      'that watches only short names',
      (log) => ({
        watch: (topic, wake) => log.watch!(topic.length > 63 ? topic.slice(0, 63) : topic, wake),
      }),
    ],
    [
      'in which one that ends watching ends it for all',
      (log) => {
        const all = new Set<() => unknown>()
        return {
          async watch(topic, wake) {
            all.add(await log.watch!(topic, wake))
            return () => {
              for (const end of all) end()
            }
          },
        }
      },
    ],
  ])('%s, since the contract waits in vain', async (_, change) => {
    let ended = 0
    for (const { run } of topicLogContract) void run(inMemory(change)).then(() => ended++)
    for (let i = 0; i < 50; i++) await turn()
    expect(ended).toBe(topicLogContract.length - 1)
  })

  test('that gives an id again once it is empty', async () => {
    const start = (): TopicLogContext => {
      let sound = memoryLog()
      const log: TopicLog = {
        append: (...args) => sound.append(...args),
        read: (...args) => sound.read(...args),
        last: (...args) => sound.last(...args),
      }
      const trim = (topic: string, keep: number): void => {
        if (keep > 0) sound.trim(topic, keep)
        else sound = memoryLog()
      }
      return { log, other: log, trim }
    }
    const outcomes = await Promise.allSettled(
      contractTests(topicLogContract, { start }).map(({ run }) => run()),
    )
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  })
})

function named(log: TopicLog, nameOf: (topic: string) => string): Changes {
  return {
    append: (topic, payload) => log.append(nameOf(topic), payload),
    read: (topic, from, limit) => log.read(nameOf(topic), from, limit),
    last: (topic, count) => log.last(nameOf(topic), count),
    watch: (topic, wake) => log.watch!(nameOf(topic), wake),
  }
}

function inOneBuffer(log: TopicLog): TopicLog['read'] {
  const buffer = new Uint8Array(2 * 1024 * 1024)
  return async (...args) => {
    let at = 0
    return (await log.read(...args)).map(({ id, payload }) => {
      const from = at
      at += payload.length
      buffer.set(payload, from)
      return { id, payload: buffer.subarray(from, at) }
    })
  }
}

function textual(log: TopicLog): TopicLog['read'] {
  return async (...args) =>
    (await log.read(...args)).map(({ id, payload }) => ({
      id,
      payload: [...payload] as object as Uint8Array,
    }))
}
