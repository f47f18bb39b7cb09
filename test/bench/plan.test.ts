import { describe, expect, test } from 'vitest'
import { nameOf } from '../../bench/case.ts'
import { ALL_CASES, casesOf } from '../../bench/plan.ts'

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

  test('say size, connections and depth', () => {
    for (const name of casesOf(['echo'], {}).map(nameOf)) {
      expect(name).toMatch(/^echo, \d+ (?:B|KiB|MiB) \S+, [\d,]+ connections?, depth \d+$/)
    }
  })
})
