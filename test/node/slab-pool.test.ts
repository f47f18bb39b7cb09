import { expect, test } from 'vitest'
import { releaseSlab, SLAB_SIZE, takeSlab } from '../../src/node/slab-pool.ts'

test('a slab is used again, and none is given twice', () => {
  const [first, second] = [takeSlab(), takeSlab()]
  expect(first.buffer).not.toBe(second.buffer)
  expect([first.length, first.buffer.byteLength]).toEqual([SLAB_SIZE, SLAB_SIZE])
  releaseSlab(first)
  expect(takeSlab()).toBe(first)
})

test('a few slabs are kept, and no more', () => {
  const slabs = Array.from({ length: 10 }, takeSlab)
  for (const slab of slabs) releaseSlab(slab)
  const again = Array.from({ length: 10 }, takeSlab)
  expect(again.filter((slab) => slabs.includes(slab))).toHaveLength(4)
})
