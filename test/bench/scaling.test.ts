import { describe, expect, test } from 'vitest'
import { echo } from '../../bench/plan.ts'
import type { Results, Row } from '../../bench/results.ts'
import { withScaling } from '../../bench/scaling/page.ts'
import { scalingTable } from '../../bench/scaling/table.ts'

const ECHO = echo(128, 100, 16, 'text')

const ROWS: readonly Row[] = [
  {
    case: ECHO,
    subject: 'antiphon, 1 worker',
    figures: [2, 2, 4],
    rates: [100_000, 200_000, null],
    wireBytes: undefined,
  },
  {
    case: ECHO,
    subject: 'antiphon, 2 workers',
    figures: [2, 3, null],
    rates: [180_000, 380_000, 300_000],
    wireBytes: undefined,
  },
]

describe('what a second worker brings', () => {
  test('is so many times as much, round by round', () => {
    expect(scalingTable(ROWS).split('\n').slice(2)).toEqual([
      '| echo, 128 B text, 100 connections, depth 16 | 1 | 150,000 |  | 2.00 |  |',
      '|  | 2 | 300,000 | 1.85 | 2.50 | 1.25 |',
    ])
  })

  test('takes the place of what was measured before', () => {
    const setting: Results['setting'] = {
      commit: 'abc1234',
      date: '2026-11-20',
      machine: '2 cores',
      time: 1,
      warm: 0.5,
      repeats: 9,
      load: 1,
      cores: 2,
      skipped: [],
    }
    const page = 'before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n'
    const written = withScaling(page, { setting, rows: ROWS })
    expect(written).toMatch(/^before\n<!-- measured -->\n- Commit abc1234/)
    expect(written).toContain(scalingTable(ROWS))
    expect(written).toMatch(/\n<!-- \/measured -->\nafter\n$/)
    expect(written).not.toContain('old')
    expect(() => withScaling('nothing', { setting, rows: ROWS })).toThrow('<!-- measured -->')
  })
})
