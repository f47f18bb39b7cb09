import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenBucket } from '../../src/filters/token-bucket.ts'

describe('a token bucket', () => {
  test('holds its burst, and fills up again at its rate', () => {
    const bucket = new TokenBucket('messages', { perSecond: 2, burst: 3 }, 0)
    for (let i = 0; i < 3; i++) bucket.take(1, 0)
    expect(bucket.has(1, 0)).toBe(false)
    expect(bucket.has(1, 499)).toBe(false)
    expect(bucket.has(1, 500)).toBe(true)
    expect(bucket.has(3, 1_499)).toBe(false)
    expect(bucket.has(3, 1_500)).toBe(true)
    expect(bucket.isFull(1_500)).toBe(true)
    expect(bucket.has(4, 1_000_000), 'no more than the burst: a full one is enough').toBe(true)
  })

  test('has a burst of one second by default, but at least 1', () => {
    const fast = new TokenBucket('messages', { perSecond: 5 }, 0)
    fast.take(4, 0)
    expect(fast.has(1, 0)).toBe(true)
    fast.take(1, 0)
    expect(fast.has(1, 0)).toBe(false)
    const slow = new TokenBucket('messages', { perSecond: 0.1 }, 0)
    expect(slow.has(1, 0)).toBe(true)
    slow.take(1, 0)
    expect(slow.has(1, 9_999)).toBe(false)
    expect(slow.has(1, 10_000)).toBe(true)
  })

  test('is filled up before what is taken after a pause', () => {
    const bucket = new TokenBucket('messages', { perSecond: 2, burst: 3 }, 0)
    bucket.take(3, 10_000)
    expect(bucket.has(1, 10_000)).toBe(false)
  })

  test('pays back what it owes', () => {
    const bucket = new TokenBucket('bytes', { perSecond: 100, burst: 10 }, 0)
    bucket.take(110, 0)
    expect(bucket.debt(0)).toBe(1_000)
    expect(bucket.has(0, 0)).toBe(false)
    expect(bucket.debt(400)).toBe(600)
    expect(bucket.debt(1_000)).toBe(0)
    expect(bucket.has(1, 1_000)).toBe(false)
    expect(bucket.has(1, 1_010)).toBe(true)
  })

  test('loses nothing to a clock that is set back, and goes on from there', () => {
    const bucket = new TokenBucket('messages', { perSecond: 2, burst: 3 }, 3_600_000)
    bucket.take(3, 3_600_000)
    expect(bucket.debt(0)).toBe(0)
    expect(bucket.has(1, 0)).toBe(false)
    expect(bucket.has(1, 500)).toBe(true)
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s for a rate or burst',
    (x) => {
      expect(() => new TokenBucket('bytes', { perSecond: x }, 0)).toThrow(
        `the option bytes.perSecond is ${x}: it must be a number above 0`,
      )
      expect(() => new TokenBucket('bytes', { perSecond: 1, burst: x }, 0)).toThrow('bytes.burst')
    },
  )

  test('never lets through more than the burst and what the time gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 20 }))),
        (perSecond, burst, steps) => {
          const bucket = new TokenBucket('messages', { perSecond, burst }, 0)
          let now = 0
          let passed = 0
          for (const [pause, amount] of steps) {
            now += pause
            const wanted = Math.min(amount, burst)
            if (bucket.has(wanted, now)) {
              bucket.take(wanted, now)
              passed += wanted
            }
            expect(passed).toBeLessThanOrEqual(burst + (now * perSecond) / 1000 + 1e-3)
          }
        },
      ),
    )
  })
})
