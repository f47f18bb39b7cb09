import { markdownTable } from '../report/markdown.ts'
import { conditions } from '../report/page.ts'
import { figure } from '../report/table.ts'
import type { Results, Row } from '../results.ts'
import type { Cliff } from './cliffs.ts'
import { type Curve, curvesOf, riseOf } from './curve.ts'

const OURS = 'antiphon'

/** A cliff, and all that was measured of it. */
export interface Measured {
  readonly cliff: Cliff
  readonly curves: readonly Curve[]
}

export function measuredOf(cliffs: readonly Cliff[], rows: readonly Row[]): readonly Measured[] {
  return cliffs.map((cliff) => ({ cliff, curves: curvesOf(cliff, rows) }))
}

/** Whether every curve of ours keeps its bound. */
export function keepsBounds(measured: readonly Measured[]): boolean {
  return measured.every(({ cliff, curves }) =>
    curves
      .filter(({ subject }) => subject.startsWith(OURS))
      .every((curve) => (riseOf(curve)?.factor ?? Number.POSITIVE_INFINITY) <= cliff.bound),
  )
}

/** One line for each curve: where it rises most, and whether it may. */
export function riseTable(measured: readonly Measured[]): string {
  const lines = measured.flatMap(({ cliff, curves }) =>
    curves.map((curve) => {
      const rise = riseOf(curve)
      const judged = curve.subject.startsWith(OURS)
      return [
        `${cliff.axis}${curve.line === '' ? '' : `, ${curve.line}`}`,
        curve.subject,
        rise === undefined ? '' : rise.factor.toFixed(2),
        rise === undefined ? '' : `${cliff.show(rise.from.at)} to ${cliff.show(rise.to.at)}`,
        judged ? cliff.bound.toFixed(2) : '',
        judged ? (rise !== undefined && rise.factor <= cliff.bound ? 'yes' : '**no**') : '',
      ]
    }),
  )
  const head = ['by', 'server', 'highest rise', 'from, to', 'at most', 'met']
  return markdownTable('llrlrl', head, lines)
}

/** `docs/cliffs.md`. */
export function cliffsPage(results: Results, measured: readonly Measured[]): string {
  return `# How costs grow

What a message, a byte or a delivery costs as connections, sizes and subscribers grow, and whether it jumps anywhere. Written by
\`npm run bench -- cliffs --docs\`; [Performance](performance.md) explains the terms.

${conditions(results.setting)}
- A rise is the cost at one point divided by the lowest cost at any smaller one: below 1 where the cost only falls. Servers run with default options, except for the message limit where messages are larger than 1 MiB.
- \`net\` and \`ws\` show what the kernel, and others, make of the same load.

${riseTable(measured)}
${measured.map(section).join('')}`
}

function section({ cliff, curves }: Measured): string {
  const places = [...new Set(curves.flatMap(({ points }) => points.map(({ at }) => at)))]
  const rows = curves.map(({ subject, line: name, points }) => [
    name === '' ? subject : `${subject}, ${name}`,
    ...places.map((place) => {
      const found = points.find(({ at }) => at === place)
      return found === undefined ? '' : figure(found.cost)
    }),
  ])
  const columns = `l${'r'.repeat(places.length)}`
  return `
## ${cliff.title}

![${cliff.title}](cliff-${cliff.name}.svg)

${markdownTable(columns, [cliff.unit, ...places.map((place) => cliff.show(place))], rows)}
`
}
