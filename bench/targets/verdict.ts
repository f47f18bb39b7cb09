import { UNITS } from '../case.ts'
import type { Row } from '../results.ts'
import { type Spread, spreadOf } from '../stats.ts'
import { allTargets, type Target, wsToBeat } from './targets.ts'

/** Of runs side by side, so many are needed for a verdict. */
export const ENOUGH = 9

/** A target, and what came of it. */
export interface Verdict extends Target {
  /** Runs of the same round that both went well. */
  readonly pairs: number
  /** Of cost, pair by pair; `undefined` where there is no pair. */
  readonly ratio: Spread | undefined
  /** Whether the lower quartile keeps the bound. */
  readonly met: boolean
}

/** The verdict on each target whose two subjects were measured. */
export function verdictsOf(rows: readonly Row[]): readonly Verdict[] {
  const ws = wsToBeat(rows.map(({ subject }) => ({ name: subject })))
  return allTargets(ws).flatMap((target) => {
    const { measured, subject, against, bound } = target
    const find = (name: string): Row | undefined =>
      rows.find((row) => row.subject === name && sameMeasure(row, measured))
    const [ours, theirs] = [find(subject), find(against)]
    if (ours === undefined || theirs === undefined) return []
    const lower = UNITS[measured.workload].better === 'lower'
    const ratios = ours.figures.flatMap((our, round) => {
      const their = theirs.figures[round]
      if (our === null || typeof their !== 'number') return []
      return [lower ? our / their : their / our]
    })
    const ratio = ratios.length === 0 ? undefined : spreadOf(ratios)
    return [
      { ...target, pairs: ratios.length, ratio, met: ratio !== undefined && ratio.lower <= bound },
    ]
  })
}

function sameMeasure(row: Row, measured: Target['measured']): boolean {
  return JSON.stringify(row.case) === JSON.stringify(measured)
}
