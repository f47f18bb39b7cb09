import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Heap } from '../../../src/testing/clock/heap.ts'

interface Item {
  readonly rank: number
  place: number
}

function itemOf(rank: number): Item {
  return { rank, place: 0 }
}

describe('a heap', () => {
  test('has the same first item as a sorted list, whatever is added and deleted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 60 }), (steps) => {
        const heap = new Heap<Item>((a, b) => a.rank < b.rank)
        const model: Item[] = []
        for (const [rank, index] of steps) {
          const item = itemOf(rank)
          heap.add(item)
          model.push(item)
          const [gone] = index < model.length ? model.splice(index, 1) : []
          if (gone !== undefined) {
            heap.delete(gone)
            heap.delete(gone)
          }
          expect(heap.size).toBe(model.length)
          expect(heap.first?.rank).toBe(model.map((each) => each.rank).sort((a, b) => a - b)[0])
        }
      }),
    )
  })

  test('compares an item with few others, however many there are', () => {
    let compared = 0
    const heap = new Heap<Item>((a, b) => {
      compared++
      return a.rank < b.rank
    })
    const many = 4_096
    for (let rank = many; rank > 0; rank--) heap.add(itemOf(rank))
    let last = 0
    for (let { first } = heap; first !== undefined; { first } = heap) {
      if (first.rank !== last + 1) expect.unreachable()
      last = first.rank
      heap.delete(first)
    }
    expect(last).toBe(many)
    // 12 levels: one comparison for each on the way up, two on the way down.
    expect(compared).toBeLessThan(many * 12 * 4)
  })
})
