import { expect, test } from 'vitest'
import { flushSoon } from '../../src/node/flush-queue.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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
