import { describe, expect, test } from 'vitest'
import { type Case, nameOf } from '../../bench/case.ts'
import { chartOf } from '../../bench/report/chart.ts'
import { compare, costRatio } from '../../bench/report/compare.ts'
import { pageOf } from '../../bench/report/page.ts'
import { figure, tableOf } from '../../bench/report/table.ts'
import type { Row, Setting } from '../../bench/results.ts'
import { spreadOf } from '../../bench/stats.ts'

const ECHO: Case = {
  workload: 'echo',
  conns: 100,
  depth: 16,
  size: 128,
  payload: 'text',
  takeover: false,
}
const HANDSHAKES: Case = { ...ECHO, workload: 'handshakes', conns: 32, depth: 1 }

function row(measured: Case, subject: string, ...figures: (number | null)[]): Row {
  return { case: measured, subject, figures, rates: figures.map(() => null), wireBytes: undefined }
}

const ROWS: readonly Row[] = [
  row(ECHO, 'ws', 8, 10, 9),
  row(ECHO, 'antiphon-handler', 0.8, 0.4, 0.9),
  row(ECHO, 'bun', null, null, null),
  row(HANDSHAKES, 'ws', 3000, 3000, 3000),
  row(HANDSHAKES, 'antiphon-handler', 6000, null, 6000),
]

describe('a spread', () => {
  test('has the median and the quartiles between the values', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 })
    expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 })
  })

  test('is refused for no values', () => {
    expect(() => spreadOf([])).toThrow(RangeError)
  })
})

describe('the comparison', () => {
  test('goes round by round, and leaves out rounds in which one failed', () => {
    const [, handler, bun, , shaking] = compare(ROWS)
    expect(handler?.ratio).toEqual(spreadOf([0.1, 0.04, 0.1]))
    expect(bun).toMatchObject({ spread: undefined, ratio: undefined })
    expect(shaking?.ratio?.median).toBe(2)
  })

  test('of what is better when it is higher turns round for a cost', () => {
    expect(compare(ROWS).map(costRatio)).toEqual([undefined, 0.1, undefined, undefined, 0.5])
  })
})

describe('the report', () => {
  test('is one table', () => {
    expect(tableOf(ROWS).split('\n')).toEqual([
      '| workload | unit | server or client | median | quartiles | ÷ ws | its quartiles |',
      '| --- | --- | --- | --: | --: | --: | --: |',
      '| echo, 128 B text, 100 connections, depth 16 | µs CPU/message | ws | 9.00 | 8.50 to 9.50 |  |  |',
      '|  |  | antiphon-handler | 0.80 | 0.60 to 0.85 | 0.10 | 0.07 to 0.10 |',
      '|  |  | bun | failed |  |  |  |',
      '| handshakes, 32 at a time | handshakes/CPU s | ws | 3,000 | 3,000 to 3,000 |  |  |',
      '|  |  | antiphon-handler | 6,000 | 6,000 to 6,000 | 2.00 | 2.00 to 2.00 |',
    ])
  })

  test.each([
    [0.123, '0.12'],
    [12.34, '12.3'],
    [5202.4, '5,202'],
  ])('writes %d as %s', (value, text) => {
    expect(figure(value)).toBe(text)
  })

  test('has a chart with a bar for each ratio and a label for each case', () => {
    const chart = chartOf(ROWS)
    expect(chart.match(/<rect class="s0" x="370"/g)).toHaveLength(2)
    for (const measured of [ECHO, HANDSHAKES]) expect(chart).toContain(`>${nameOf(measured)}<`)
    expect(chart).toContain('prefers-color-scheme:dark')
  })

  test('says when the machine was shared, and what did not run', () => {
    const setting: Setting = {
      commit: 'abc1234',
      date: '2026-11-20',
      machine: '2 cores, Node 20.20.2',
      time: 0.5,
      warm: 0.3,
      repeats: 3,
      load: 3,
      cores: 2,
      skipped: ['bun: there is no bun on the PATH'],
    }
    const busy = pageOf({ setting, rows: ROWS }, [])
    expect(busy).toContain('**The machine was shared**: its load went up to 3.0 on 2 cores')
    expect(busy).toContain('Not run: bun: there is no bun on the PATH.')
    expect(busy).toContain(tableOf(ROWS))
    expect(busy).not.toContain('## Targets')
    const quiet = pageOf({ setting: { ...setting, load: 0.2 }, rows: ROWS }, [])
    expect(quiet).not.toContain('shared')
  })
})
