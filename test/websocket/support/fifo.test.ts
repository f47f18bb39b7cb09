import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fifo } from '../../../src/websocket/support/fifo.ts'
import { movedItems } from '../../support/moved-items.ts'

describe('a queue', () => {
  it('gives back what was put, in order, however puts and takes are mixed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { maxLength: 10 }), (rounds) => {
        const queue = new Fifo<number>()
        const model: number[] = []
        let next = 0
        for (const [puts, takes] of rounds) {
          for (let i = 0; i < puts; i++) {
            model.push(next)
            queue.push(next++)
          }
          const same = Array.from({ length: takes }, () => queue.shift() === model.shift())
          expect(same).not.toContain(false)
          expect(queue.length).toBe(model.length)
          expect(queue.first).toBe(model[0])
        }
        expect(queue.clear()).toEqual(model)
        expect(queue.length).toBe(0)
      }),
    )
  })

  it('takes each of 10,000 in constant time', async () => {
    const queue = new Fifo<number>()
    for (let i = 0; i < 10_000; i++) queue.push(i)
    const moved = await movedItems(() => {
      for (let i = 0; i < 10_000; i++) queue.shift()
    })
    expect(moved).toBeLessThan(2 * 10_000)
  })
})
