import type { Row } from '../results.ts'
import { spreadOf } from '../stats.ts'
import type { Cliff } from './cliffs.ts'

export interface Point {
  readonly at: number
  /** The median of the runs. */
  readonly cost: number
}

/** What one subject costs along one line of a cliff; runs that all failed leave a point out. */
export interface Curve {
  readonly subject: string
  readonly line: string
  readonly points: readonly Point[]
}

/** Where a curve stands highest above its own past. */
export interface Rise {
  readonly factor: number
  readonly from: Point
  readonly to: Point
}

export function curvesOf(cliff: Cliff, rows: readonly Row[]): readonly Curve[] {
  return cliff.subjects.flatMap((subject) =>
    cliff.lines.flatMap(({ name, cases }) => {
      const points = cases.flatMap((measured) => {
        const found = rows.find(
          (row) => row.subject === subject && JSON.stringify(row.case) === JSON.stringify(measured),
        )
        const figures = found?.figures.filter((figure) => figure !== null) ?? []
        if (figures.length === 0) return []
        return [{ at: cliff.at(measured), cost: cliff.cost(spreadOf(figures).median, measured) }]
      })
      return points.length === 0 ? [] : [{ subject, line: name, points }]
    }),
  )
}

/** The largest factor between a point and the cheapest one before it, below 1 for a curve that only falls. */
export function riseOf({ points }: Curve): Rise | undefined {
  let least: Point | undefined
  let rise: Rise | undefined
  for (const to of points) {
    if (least !== undefined) {
      const factor = to.cost / least.cost
      if (rise === undefined || factor > rise.factor) rise = { factor, from: least, to }
    }
    if (least === undefined || to.cost < least.cost) least = to
  }
  return rise
}
