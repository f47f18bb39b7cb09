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
  return `# No cliff

Written by \`npm run bench -- cliffs --docs\`; what is what, [Performance](performance.md) says.

${conditions(results.setting)}
- A rise is what a message, a byte or a delivery costs at one point, over the least that it costs at any smaller one: below 1 where the cost only falls. Servers run with default options, but for the message limit where messages are larger than 1 MiB.
- \`net\` and \`ws\` are there to show what the kernel, and others, do with the same.

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
