import { describe, expect, test } from 'vitest'
import {
  LARGE_SLAB_SIZE,
  releaseSlab,
  SLAB_SIZE,
  takeSlab,
} from '../../../src/node/stream/slab-pool.ts'

describe.each([
  { title: 'a slab', size: 1, length: SLAB_SIZE, kept: 40 },
  { title: 'a large slab', size: SLAB_SIZE + 1, length: LARGE_SLAB_SIZE, kept: 4 },
])('$title', ({ size, length, kept }) => {
  test('is used again, and none is given twice', () => {
    const [first, second] = [takeSlab(size), takeSlab(size)]
    expect(first.buffer).not.toBe(second.buffer)
    expect([first.length, first.buffer.byteLength]).toEqual([length, length])
    releaseSlab(first)
    expect(takeSlab(size)).toBe(first)
  })

  test('is kept with a few others, and no more', () => {
    const slabs = Array.from({ length: 50 }, () => takeSlab(size))
    for (const slab of slabs) releaseSlab(slab)
    const again = Array.from({ length: 50 }, () => takeSlab(size))
    expect(again.filter((slab) => slabs.includes(slab))).toHaveLength(kept)
  })
})

test('a buffer of another size is no slab', () => {
  const buffer = Buffer.alloc(SLAB_SIZE - 1)
  releaseSlab(buffer)
  expect(takeSlab(1)).not.toBe(buffer)
})
