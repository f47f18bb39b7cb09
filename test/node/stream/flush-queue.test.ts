import { describe, expect, test, vi } from 'vitest'
import { answerSoon, flushSoon } from '../../../src/node/stream/flush-queue.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Something that tells when it was flushed. */
function waiting(): { flush(): void; flushed: number } {
  const target = { flushed: 0, flush: () => void target.flushed++ }
  return target
}

test('what waits is flushed at the end of the turn, in order', async () => {
  const flushed: string[] = []
  flushSoon({ flush: () => flushed.push('a') })
  flushSoon({ flush: () => flushed.push('b') })
  await Promise.resolve()
  expect(flushed).toEqual([])
  await turn()
  expect(flushed).toEqual(['a', 'b'])
})

test('what begins to wait during a flush is flushed in the next turn', async () => {
  const flushed: string[] = []
  flushSoon({
    flush() {
      flushed.push('a')
      flushSoon({ flush: () => flushed.push('b') })
    },
  })
  await turn()
  expect(flushed).toEqual(['a'])
  await turn()
  expect(flushed).toEqual(['a', 'b'])
})

test('what waits is flushed while a test fakes timers', async () => {
  const target = waiting()
  vi.useFakeTimers()
  try {
    flushSoon(target)
  } finally {
    vi.useRealTimers()
  }
  await turn()
  expect(target.flushed).toBe(1)
})

describe('answers', () => {
  test('wait for the end of the turn', async () => {
    const targets = Array.from({ length: 31 }, waiting)
    targets.forEach(answerSoon)
    expect(targets.map(({ flushed }) => flushed)).toEqual(targets.map(() => 0))
    await turn()
    expect(targets.map(({ flushed }) => flushed)).toEqual(targets.map(() => 1))
  })

  test('wait for a limited number of others', async () => {
    const targets = Array.from({ length: 33 }, waiting)
    targets.forEach(answerSoon)
    expect(targets.map(({ flushed }) => flushed)).toEqual([...Array(32).fill(1), 0])
    await turn()
    expect(targets.map(({ flushed }) => flushed)).toEqual(Array(33).fill(1))
  })
})
