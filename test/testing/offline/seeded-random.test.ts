import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/testing/offline/seeded-random.ts'

function take(count: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random())
}

test('numbers are from 0 to, but not with, 1, and all over', () => {
  const numbers = take(10_000, 1)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  const tenths = new Set(numbers.map((number) => Math.floor(number * 10)))
  expect(tenths.size).toBe(10)
  expect(new Set(numbers).size).toBeGreaterThan(9_990)
})

test('the same seed gives the same numbers, another one others', () => {
  expect(take(5, 42)).toEqual(take(5, 42))
  expect(take(5, 42)).not.toEqual(take(5, 43))
})
