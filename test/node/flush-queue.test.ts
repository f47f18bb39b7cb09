import { afterEach, describe, expect, test } from 'vitest'
import { answerSoon, countChunk, flushSoon, isBusy } from '../../src/node/flush-queue.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Something that tells when it was flushed. */
function waiting(): { flush(): void; flushed: number } {
  const target = { flushed: 0, flush: () => void target.flushed++ }
  return target
}

/** A turn that brings so many chunks. */
async function chunks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) countChunk()
  await turn()
}

/** Chunks enough for a look, and then a turn that is busy. */
async function becomeBusy(): Promise<void> {
  await chunks(64)
  await chunks(4)
}

afterEach(async () => {
  // A look, and a turn that was not busy.
  await chunks(64)
  await chunks(1)
})

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

describe('turns', () => {
  test('are busy once one was looked at that brought four chunks', async () => {
    expect(isBusy()).toBe(false)
    await chunks(64)
    expect(isBusy()).toBe(false)
    await chunks(4)
    expect(isBusy()).toBe(true)
  })

  test('are not busy for many chunks that came one by one', async () => {
    for (let i = 0; i < 200; i++) await chunks(1)
    expect(isBusy()).toBe(false)
  })

  test('without a chunk tell nothing', async () => {
    await chunks(64)
    await chunks(0)
    flushSoon(waiting())
    await chunks(0)
    await chunks(4)
    expect(isBusy()).toBe(true)
    flushSoon(waiting())
    await chunks(0)
    expect(isBusy()).toBe(true)
  })

  test('are busy no more after one that brought fewer', async () => {
    await becomeBusy()
    await chunks(4)
    expect(isBusy()).toBe(true)
    await chunks(3)
    expect(isBusy()).toBe(false)
  })
})

describe('answers', () => {
  test('wait for the end of the turn', async () => {
    const targets = Array.from({ length: 31 }, waiting)
    targets.forEach(answerSoon)
    expect(targets.map(({ flushed }) => flushed)).toEqual(targets.map(() => 0))
    await turn()
    expect(targets.map(({ flushed }) => flushed)).toEqual(targets.map(() => 1))
  })

  test('wait for at most so many others', async () => {
    const targets = Array.from({ length: 33 }, waiting)
    targets.forEach(answerSoon)
    expect(targets.map(({ flushed }) => flushed)).toEqual([...Array(32).fill(1), 0])
    await turn()
    expect(targets.map(({ flushed }) => flushed)).toEqual(Array(33).fill(1))
  })
})
