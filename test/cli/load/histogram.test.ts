import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../../src/cli/load/histogram.ts'

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const duration of durations) histogram.add(duration)
  return histogram
}

describe('Histogram', () => {
  test('gives every percentile to 1 %, and a microsecond', () => {
    const duration = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 2_000_000, noNaN: true }),
    )
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (durations, percent) => {
          const sorted = durations.toSorted((a, b) => a - b)
          const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100))
          const exact = sorted[rank - 1]!
          const found = histogramOf(durations).percentile(percent)
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.001)
        },
      ),
    )
  })

  test('knows how many there are, and the longest exactly', () => {
    const { distribution } = histogramOf([1, 2, 3.123456])
    expect(distribution).toMatchObject({ count: 3, p50: expect.closeTo(2, 1), max: 3.123456 })
  })

  test('takes less than nothing for nothing, and what lasts for hours for half an hour', () => {
    const histogram = histogramOf([-1, 100_000_000])
    expect(histogram.percentile(50)).toBe(0)
    expect(histogram.percentile(100)).toBeCloseTo(2_147_483, -5)
  })

  test('has no distribution of nothing', () => {
    expect(new Histogram().distribution).toBeUndefined()
    expect(new Histogram().percentile(50)).toBe(0)
  })
})
