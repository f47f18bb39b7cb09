import { describe, expect, test } from 'vitest'
import { type Case, nameOf } from '../../bench/case.ts'
import { ALL_CASES, echo, other } from '../../bench/plan.ts'
import type { Row } from '../../bench/results.ts'
import { summary, targetTable } from '../../bench/targets/table.ts'
import { allTargets, wsToBeat } from '../../bench/targets/targets.ts'
import { verdictsOf } from '../../bench/targets/verdict.ts'

const BURST = echo(128, 100, 16, 'text')
const HANDSHAKES = other('handshakes', 32)

function row(measured: Case, subject: string, figures: readonly (number | null)[]): Row {
  return { case: measured, subject, figures, rates: [], wireBytes: undefined }
}

/** So many runs that came out alike. */
function alike(count: number, figure: number): readonly number[] {
  return Array.from({ length: count }, () => figure)
}

describe('the targets', () => {
  test('are about cases of the whole benchmark', () => {
    const names = ALL_CASES.map(nameOf)
    for (const { measured } of allTargets('ws')) expect(names).toContain(nameOf(measured))
  })

  test('are held against ws with its addon where it was run', () => {
    expect(wsToBeat([{ name: 'ws' }])).toBe('ws')
    expect(wsToBeat([{ name: 'ws' }, { name: 'ws+bufferutil' }])).toBe('ws+bufferutil')
  })

  test('have each workload and subject once beside each other subject', () => {
    const all = allTargets('ws').map(({ measured, subject, against }) =>
      [nameOf(measured), subject, against].join(),
    )
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a verdict', () => {
  test('goes by the lower quartile of the pairs', () => {
    const ours = [0.7, 0.7, 0.7, 0.9, 1, 1, 1, 1, 1]
    const [verdict] = verdictsOf([
      row(BURST, 'antiphon-handler', ours),
      row(BURST, 'ws', alike(9, 8)),
    ])
    expect(verdict).toMatchObject({ against: 'ws', bound: 0.1, pairs: 9, met: true })
    expect(verdict?.ratio?.lower).toBeCloseTo(0.7 / 8)
    expect(verdict?.ratio?.median).toBe(1 / 8)
  })

  test('takes no pair of which one failed', () => {
    const rows = [row(BURST, 'antiphon-handler', [null, 1, 1]), row(BURST, 'ws', [8, null, 8])]
    expect(verdictsOf(rows)).toMatchObject([{ pairs: 1, met: false }])
    const failed = [row(BURST, 'antiphon-handler', [null]), row(BURST, 'ws', [8])]
    expect(verdictsOf(failed)).toMatchObject([{ pairs: 0, ratio: undefined, met: false }])
  })

  test('turns round what is better when it is higher', () => {
    const rows = (ours: number): Row[] => [
      row(HANDSHAKES, 'antiphon-handler', alike(9, ours)),
      row(HANDSHAKES, 'ws', alike(9, 1000)),
    ]
    expect(verdictsOf(rows(1160))).toMatchObject([{ met: true }])
    expect(verdictsOf(rows(1140))).toMatchObject([{ met: false }])
  })

  test('is one line of a table, and one of a sum', () => {
    const verdicts = verdictsOf([
      row(BURST, 'antiphon-handler', alike(9, 0.9)),
      row(BURST, 'antiphon-session', alike(9, 1.2)),
      row(BURST, 'ws', alike(9, 10)),
      row(BURST, 'bun', alike(2, 0.5)),
    ])
    expect(targetTable(verdicts).split('\n')).toEqual([
      '| workload | server | beside | at most | lower quartile | median | met |',
      '| --- | --- | --- | --: | --: | --: | --- |',
      '| echo, 128 B text, 100 connections, depth 16 | antiphon-handler | ws | 0.10 | 0.09 | 0.09 | yes |',
      '|  | antiphon-handler | bun | 1.25 | 1.80 | 1.80 | **no**, by 2 pairs |',
      '|  | antiphon-session | antiphon-handler | 1.30 | 1.33 | 1.33 | **no** |',
    ])
    expect(summary(verdicts)).toBe(
      '1 of 3 targets met; a verdict takes 9 pairs, and some had fewer',
    )
  })
})
