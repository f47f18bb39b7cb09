import { expect, it } from 'vitest'
import {
  releaseScratch,
  SCRATCH_SIZE,
  takeScratch,
} from '../../../src/protocol/bytes/scratch-pool.ts'

it("scratch memory is one taker's until it is given back, and then the next one's", () => {
  const first = takeScratch()
  const second = takeScratch()
  expect(second).not.toBe(first)
  expect([first.length, second.length]).toEqual([SCRATCH_SIZE, SCRATCH_SIZE])
  releaseScratch(first)
  expect(takeScratch()).toBe(first)
  releaseScratch(second)
  releaseScratch(first)
})

it('no more scratch memory is kept than is needed at once', () => {
  const taken = Array.from({ length: 20 }, takeScratch)
  taken.forEach(releaseScratch)
  const again = new Set(Array.from({ length: 20 }, takeScratch))
  const kept = taken.filter((scratch) => again.has(scratch))
  expect(kept.length).toBe(8)
  kept.forEach(releaseScratch)
})
