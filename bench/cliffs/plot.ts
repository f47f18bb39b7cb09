import { figure } from '../report/table.ts'
import type { Cliff } from './cliffs.ts'
import type { Curve, Point } from './curve.ts'

const WIDTH = 800
const HEIGHT = 420
const LEFT = 70
const RIGHT = 170
const TOP = 48
const BOTTOM = 46
/** Between two lines of text. */
const LINE = 13

const STYLE = `text{font:12px system-ui,sans-serif;fill:#24292f}.small{font-size:11px;fill:#57606a}
.s0{stroke:#0969da}.s1{stroke:#9a6700}.s2{stroke:#8c959f}.axis{stroke:#8c959f}.grid{stroke:#d0d7de;stroke-width:.5}
path{fill:none;stroke-width:2}.second{stroke-dasharray:6 3}circle{fill:none;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.s0{stroke:#58a6ff}.s1{stroke:#d29922}.s2{stroke:#9198a1}.axis{stroke:#6e7681}.grid{stroke:#3d444d}}`

/** Both axes are logarithmic: what rises by the same factor rises by the same height. */
export function plotOf(cliff: Cliff, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points)
  const places = points.map(({ at }) => Math.log10(at))
  const costs = points.map(({ cost }) => Math.log10(cost))
  const across = scale(Math.min(...places), Math.max(...places), LEFT, WIDTH - RIGHT)
  const low = Math.floor(Math.min(...costs))
  const high = Math.max(low + 1, Math.ceil(Math.max(...costs)))
  const down = scale(low, high, HEIGHT - BOTTOM, TOP)
  const middle = (LEFT + WIDTH - RIGHT) / 2
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${cliff.title}">`,
    `<style>${STYLE}</style>`,
    `<text x="8" y="18">${cliff.title}</text>`,
    `<text class="small" x="8" y="36">${cliff.unit}</text>`,
    `<text class="small" x="${middle}" y="${HEIGHT - 8}" text-anchor="middle">${cliff.axis}</text>`,
    ...across.ticks.map(({ value, place }) => {
      const line = `<line class="grid" x1="${place}" x2="${place}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`
      return `${line}<text class="small" x="${place}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${short(value)}</text>`
    }),
    ...down.ticks.map(({ value, place }) => {
      const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place}" y2="${place}"/>`
      return `${line}<text class="small" x="${LEFT - 6}" y="${place + 4}" text-anchor="end">${short(value)}</text>`
    }),
    ...curves.map((curve) => drawn(curve, cliff, across, down)),
    ...labels(curves, down),
    '</svg>\n',
  ].join('\n')
}

interface Scale {
  place(value: number): number
  /** Powers of ten. */
  readonly ticks: readonly { readonly value: number; readonly place: number }[]
}

/** From one power of ten to another, neither of them an integer perhaps. */
function scale(low: number, high: number, start: number, end: number): Scale {
  const place = (value: number): number =>
    Math.round((start + ((Math.log10(value) - low) / (high - low)) * (end - start)) * 10) / 10
  const first = Math.ceil(low)
  const powers = Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => 10 ** (first + i))
  return { place, ticks: powers.map((value) => ({ value, place: place(value) })) }
}

function drawn({ subject, line, points }: Curve, cliff: Cliff, across: Scale, down: Scale): string {
  const series = `s${cliff.subjects.indexOf(subject)}`
  const second = cliff.lines.findIndex(({ name }) => name === line) > 0 ? ' second' : ''
  const place = ({ at, cost }: Point): string => `${across.place(at)},${down.place(cost)}`
  return [
    `<path class="${series}${second}" d="M${points.map(place).join('L')}"/>`,
    ...points.map((point) => {
      const [x, y] = place(point).split(',')
      const told = `${labelOf(subject, line)}: ${figure(point.cost)} at ${cliff.show(point.at)}`
      return `<circle class="${series}" cx="${x}" cy="${y}" r="3"><title>${told}</title></circle>`
    }),
  ].join('\n')
}

/** The names of the curves where they end, one below the other where they end alike. */
function labels(curves: readonly Curve[], down: Scale): readonly string[] {
  let lowest = 0
  return curves
    .map(({ subject, line, points }) => ({
      name: labelOf(subject, line),
      end: down.place(points[points.length - 1]!.cost),
    }))
    .sort((a, b) => a.end - b.end)
    .map(({ name, end }) => {
      lowest = Math.max(end + 4, lowest + LINE)
      return `<text class="small" x="${WIDTH - RIGHT + 8}" y="${lowest.toFixed(1)}">${name}</text>`
    })
}

function labelOf(subject: string, line: string): string {
  return line === '' ? subject : `${subject}, ${line}`
}

/** A power of ten, or another count, in few characters. */
function short(value: number): string {
  if (value >= 1e6) return `${Math.round(value / 1e4) / 100}M`
  return value >= 1000 ? `${Math.round(value / 10) / 100}k` : String(Number(value.toPrecision(3)))
}
