import { UNITS } from '../case.ts'
import type { Row } from '../results.ts'
import { type Spread, spreadOf } from '../stats.ts'
import { BASELINE } from '../subjects.ts'

/** A row, and what it is beside the baseline. */
export interface Compared {
  readonly row: Row
  /** Absent when every run failed. */
  readonly spread: Spread | undefined
  /** Of the runs of one round each; absent where either of them failed, and for the baseline itself. */
  readonly ratio: Spread | undefined
}

/** Rows of the same case stand together, as they were run. */
export function compare(rows: readonly Row[]): readonly Compared[] {
  return rows.map((row) => {
    const base = rows.find((each) => each.subject === BASELINE && sameCase(each, row))
    const figures = row.figures.filter((figure) => figure !== null)
    const ratios = row.figures.flatMap((figure, round) => {
      const beside = base?.figures[round]
      return figure === null || typeof beside !== 'number' ? [] : [figure / beside]
    })
    return {
      row,
      spread: figures.length === 0 ? undefined : spreadOf(figures),
      ratio: row === base || ratios.length === 0 ? undefined : spreadOf(ratios),
    }
  })
}

export function sameCase(a: Row, b: Row): boolean {
  return JSON.stringify(a.case) === JSON.stringify(b.case)
}

/** What it costs beside the baseline, below 1 for less, whatever the unit counts. */
export function costRatio({ row, ratio }: Compared): number | undefined {
  if (ratio === undefined) return undefined
  return UNITS[row.case.workload].better === 'lower' ? ratio.median : 1 / ratio.median
}
