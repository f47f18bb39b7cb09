import { describe, expect, test } from 'vitest'
import { nameOf } from '../../bench/case.ts'
import { ALL_CASES, casesOf, echo, fits } from '../../bench/plan.ts'

describe('the cases', () => {
  test('are all of them for no workload', () => {
    expect(casesOf([], {})).toEqual(ALL_CASES)
  })

  test('of one workload are its own', () => {
    expect(casesOf(['deflate'], {}).map(nameOf)).toEqual([
      'deflate without takeover, 1 KiB JSON, 100 connections, depth 1',
      'deflate with takeover, 1 KiB JSON, 100 connections, depth 1',
    ])
  })

  test('of echo become one when a size or a depth is given', () => {
    const narrowing = { size: 128, depth: 16, conns: 100, payload: 'text' } as const
    expect(casesOf(['echo'], narrowing).map(nameOf)).toEqual([
      'echo, 128 B text, 100 connections, depth 16',
    ])
  })

  test.each([
    [{}, true],
    [{ size: 128, depth: 16 }, true],
    [{ size: 128, depth: 1 }, false],
    [{ conns: 10 }, false],
    [{ payload: 'binary' as const }, false],
    [{ payload: undefined }, true],
  ])('are as narrow as %j, or not', (narrowing, expected) => {
    const measured = echo(128, 100, 16, 'text')
    expect(fits(measured, [], narrowing)).toBe(expected)
    expect(fits(measured, ['echo', 'idle'], narrowing)).toBe(expected)
    expect(fits(measured, ['broadcast'], narrowing)).toBe(false)
  })

  test('say size, connections and depth', () => {
    for (const name of casesOf(['echo'], {}).map(nameOf)) {
      expect(name).toMatch(/^echo, \d+ (?:B|KiB|MiB) \S+, [\d,]+ connections?, depth \d+$/)
    }
  })
})
