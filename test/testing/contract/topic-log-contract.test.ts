import { describe, expect, test } from 'vitest'
import { contractTests } from '../../../src/testing/contract/contract.ts'
import {
  type TopicLogContext,
  topicLogContract,
} from '../../../src/testing/contract/topic-log-contract.ts'
import { memoryLog } from '../../../src/testing/offline/memory-log.ts'
import type { TopicLog } from '../../../src/topics/shared/topic-log.ts'

/** What is replaced in a sound log. */
type Changes = { readonly [Name in keyof TopicLog]?: TopicLog[Name] | undefined }

function inMemory(change: (log: TopicLog) => Changes = () => ({})): TopicLogContext {
  const sound = memoryLog()
  // What is replaced by nothing may be absent.
  const log = { ...sound, ...change(sound) } as TopicLog
  return { log, other: log, trim: sound.trim }
}

describe('a log in memory', () => {
  for (const { name, run } of contractTests(topicLogContract, { start: () => inMemory() })) {
    test(name, run)
  }

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
  ])('%s', async (_, change) => {
    const start = (): TopicLogContext => inMemory(change)
    const tests = contractTests(topicLogContract, { start })
    const outcomes = await Promise.allSettled(tests.map(({ run }) => run()))
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason.name)] : [],
    )
    expect(failures.length).toBeGreaterThan(0)
  })
})

function textual(log: TopicLog): TopicLog['read'] {
  return async (...args) =>
    (await log.read(...args)).map(({ id, payload }) => ({
      id,
      payload: [...payload] as object as Uint8Array,
    }))
}
