import { describe, expect, test } from 'vitest'
import { nameOf } from '../../bench/case.ts'
import { type Cliff, cliffs } from '../../bench/cliffs/cliffs.ts'
import { curvesOf, riseOf } from '../../bench/cliffs/curve.ts'
import { cliffsPage, keepsBounds, measuredOf, riseTable } from '../../bench/cliffs/page.ts'
import { plotOf } from '../../bench/cliffs/plot.ts'
import type { Results, Row } from '../../bench/results.ts'

const ALL = cliffs('ws')
const BYTES = ALL.find(({ name }) => name === 'bytes')!

/** A row for each case of a cliff, whose cost is a function of where it stands. */
function rowsOf(cliff: Cliff, subject: string, cost: (at: number) => number): Row[] {
  const cases = cliff.lines.flatMap((line) => line.cases)
  return cases.map((measured) => {
    const at = cliff.at(measured)
    const figure = cliff.name === 'bytes' ? (cost(at) * at) / 1000 : cost(at)
    return { case: measured, subject, figures: [figure], rates: [], wireBytes: undefined }
  })
}

describe('the cliffs', () => {
  test('go as far as they are to', () => {
    const reach = ALL.map(({ name, lines, at }) => {
      const places = lines.flatMap(({ cases }) => cases.map(at))
      return [name, Math.min(...places), Math.max(...places)]
    })
    expect(reach).toEqual([
      ['connections', 10, 10_000],
      ['bytes', 16, 16 * 1024 * 1024],
      ['subscribers', 10, 10_000],
    ])
  })

  test('are measured in cases that differ', () => {
    const names = ALL.flatMap(({ lines }) => lines.flatMap(({ cases }) => cases.map(nameOf)))
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a curve', () => {
  const curve = (...costs: readonly number[]) => ({
    subject: 'antiphon-handler',
    line: '',
    points: costs.map((cost, at) => ({ at, cost })),
  })

  test('rises from its least point to a later one', () => {
    expect(riseOf(curve(5, 2, 3, 1, 1.2))).toEqual({
      factor: 1.5,
      from: { at: 1, cost: 2 },
      to: { at: 2, cost: 3 },
    })
  })

  test('that only falls rises by less than 1', () => {
    expect(riseOf(curve(4, 3, 2))?.factor).toBe(0.75)
  })

  test('of one point does not rise', () => {
    expect(riseOf(curve(1))).toBeUndefined()
  })

  test('has the median of each case, in the unit of the cliff', () => {
    const [measured] = BYTES.lines[0]!.cases
    const row = { case: measured!, rates: [], wireBytes: undefined, subject: 'net' }
    expect(curvesOf(BYTES, [{ ...row, figures: [1.6, null, 16, 3.2] }])).toEqual([
      { subject: 'net', line: '', points: [{ at: 16, cost: 200 }] },
    ])
    expect(curvesOf(BYTES, [{ ...row, figures: [null] }])).toEqual([])
  })
})

describe('what is shown of cliffs', () => {
  const flat = ALL.flatMap((cliff) => rowsOf(cliff, 'antiphon-handler', () => 2))
  const steep = ALL.flatMap((cliff) => rowsOf(cliff, 'ws', (at) => at))

  test('is the highest rise of each curve, and a verdict on ours', () => {
    const measured = measuredOf(ALL, [...flat, ...steep])
    const lines = riseTable(measured).split('\n')
    expect(lines).toContain('| bytes | antiphon-handler | 1.00 | 16 B to 128 B | 1.50 | yes |')
    expect(lines).toContain('| connections, depth 1 | ws | 1000.00 | 10 to 10,000 |  |  |')
    expect(keepsBounds(measured)).toBe(true)
    const worse = ALL.flatMap((cliff) => rowsOf(cliff, 'antiphon-handler', (at) => at))
    expect(keepsBounds(measuredOf(ALL, worse))).toBe(false)
    expect(riseTable(measuredOf(ALL, worse))).toContain('**no**')
  })

  test('is a plot for each, and a page with all of them', () => {
    const results: Results = {
      setting: {
        commit: 'abc1234',
        date: '2026-11-20',
        machine: '2 cores, Node 20.20.2',
        time: 1,
        warm: 0.5,
        repeats: 3,
        load: 1,
        cores: 2,
        skipped: [],
      },
      rows: [...flat, ...steep],
    }
    const measured = measuredOf(ALL, results.rows)
    const page = cliffsPage(results, measured)
    expect(page).toContain('- Commit abc1234, 2026-11-20; 2 cores, Node 20.20.2.')
    for (const { cliff, curves } of measured) {
      const plot = plotOf(cliff, curves)
      expect(plot.match(/<path /g)).toHaveLength(curves.length)
      expect(plot).not.toMatch(/NaN|undefined|Infinity/)
      expect(page).toContain(`](cliff-${cliff.name}.svg)`)
    }
    expect(page).toContain('| µs CPU/message | 10 | 30 | 100 | 300 | 1,000 | 3,000 | 10,000 |')
  })
})
