import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyedMeters } from '../../src/filters/keyed-meters.ts'
import { TrafficMeter } from '../../src/filters/traffic-meter.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'

const ONE = { messages: 1, bytes: 0 }

function meters(): { clock: VirtualClock; meters: KeyedMeters } {
  const clock = new VirtualClock()
  const rates = { messages: { perSecond: 1, burst: 2 } }
  return { clock, meters: new KeyedMeters(() => new TrafficMeter(rates, clock)) }
}

describe('keyed meters', () => {
  test('are one for all sockets of a key', () => {
    const { meters: all } = meters()
    expect(all.take('a')).toBe(all.take('a'))
    expect(all.take('b')).not.toBe(all.take('a'))
    expect(all.size).toBe(2)
  })

  test('outlive the sockets of their key until they are full again', () => {
    const { meters: all, clock } = meters()
    all.take('a').take(ONE)
    all.take('a').take(ONE)
    all.release('a')
    all.release('a')
    expect(all.size).toBe(1)
    expect(all.take('a').tryTake(ONE), 'who comes back meets the same meter').toBe(false)
    all.release('a')
    clock.advance(2_000)
    all.take('b')
    expect(all.size, 'the full one is forgotten').toBe(1)
  })

  test('are forgotten at once when they are full', () => {
    const { meters: all } = meters()
    all.take('a')
    all.release('a')
    all.release('a')
    all.release('never taken')
    expect(all.size).toBe(0)
  })

  /** Three keys without a socket, whose meters are not full. */
  function threeIdle(): { clock: VirtualClock; meters: KeyedMeters } {
    const { clock, meters: all } = meters()
    for (const key of ['x', 'y', 'z']) {
      all.take(key).take(ONE)
      all.release(key)
    }
    return { clock, meters: all }
  }

  test.each(['x', 'y', 'z'])(
    'of %s may be taken again among others, and are forgotten with them',
    (key) => {
      const { clock, meters: all } = threeIdle()
      for (const sockets of [2, 1]) {
        for (let i = 0; i < sockets; i++) all.take(key)
        for (let i = 0; i < sockets; i++) all.release(key)
      }
      clock.advance(2_000)
      all.take('other')
      expect(all.size).toBe(1)
    },
  )

  test.each(['x', 'y', 'z'])('of %s are kept for its socket when others are forgotten', (key) => {
    const { clock, meters: all } = threeIdle()
    const meter = all.take(key)
    clock.advance(2_000)
    expect(all.take(key)).toBe(meter)
    expect(all.size).toBe(1)
  })

  test('are kept for 10,000 keys without a socket at most, the oldest forgotten first', () => {
    const { meters: all } = meters()
    for (let i = 0; i < 10_005; i++) {
      all.take(`key ${i}`).take(ONE)
      all.release(`key ${i}`)
    }
    expect(all.size).toBe(10_000)
    all.take('key 10004').take(ONE)
    expect(all.take('key 10004').tryTake(ONE)).toBe(false)
    all.take('key 0').take(ONE)
    expect(all.take('key 0').tryTake(ONE), 'a new meter').toBe(true)
  })

  test('are those of the keys that have sockets, or are not full behind one that is not, whatever the order', () => {
    const act = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      what: fc.constantFrom('take', 'release', 'wait'),
    })
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const { meters: all, clock } = meters()
        const known = new Map<string, { meter: TrafficMeter; sockets: number }>()
        const forget = (): void => {
          for (const [key, { meter, sockets }] of known) {
            if (sockets > 0) continue
            if (!meter.isFresh()) return
            known.delete(key)
          }
        }
        for (const { key, what } of acts) {
          if (what === 'wait') clock.advance(700)
          const before = known.get(key)
          if (what === 'take') {
            forget()
            const kept = known.get(key)
            const meter = all.take(key)
            if (kept !== undefined) expect(meter).toBe(kept.meter)
            known.set(key, { meter, sockets: (kept?.sockets ?? 0) + 1 })
            meter.take(ONE)
          } else if (what === 'release') {
            all.release(key)
            if (before === undefined || before.sockets === 0) continue
            before.sockets--
            if (before.sockets > 0) continue
            known.delete(key) // The one that was left last stands last.
            known.set(key, before)
            forget()
          }
          expect(all.size).toBe(known.size)
        }
      }),
      { numRuns: 500 },
    )
  })
})
