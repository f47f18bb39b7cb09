import { nameOf } from '../case.ts'
import type { Row } from '../results.ts'
import { type Compared, compare, costRatio, sameCase } from './compare.ts'

const WIDTH = 800
const LEFT = 370
const RIGHT = 60
const BAR = 10
const GAP = 12
const TOP = 62
/** Where the axis ends; longer bars are cut, and their number tells. */
const LONGEST = 2.75

const SERIES = [
  { name: 'antiphon, handler or client', subjects: ['antiphon-handler', 'antiphon-client'] },
  { name: 'antiphon, session', subjects: ['antiphon-session'] },
  { name: 'Bun', subjects: ['bun'] },
] as const

const STYLE = `text{font:12px system-ui,sans-serif;fill:#24292f}
.small{font-size:11px;fill:#57606a}.s0{fill:#0969da}.s1{fill:#8250df}.s2{fill:#9a6700}.axis{stroke:#8c959f}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.s0{fill:#58a6ff}.s1{fill:#bc8cff}.s2{fill:#d29922}.axis{stroke:#6e7681}}`

/** A bar for each case and series: what it costs beside ws, whose line is at 1. */
export function chartOf(rows: readonly Row[]): string {
  const compared = compare(rows)
  const shown = SERIES.map((series, index) => ({ ...series, index })).filter(({ subjects }) =>
    rows.some(({ subject }) => includes(subjects, subject)),
  )
  const heads = compared.filter(({ row }, i) => i === 0 || !sameCase(rows[i - 1]!, row))
  let y = TOP
  const groups = heads.flatMap(({ row }) => {
    const bars = shown.flatMap(({ subjects, index }) => {
      const found = compared.find(
        (each) => sameCase(each.row, row) && includes(subjects, each.row.subject),
      )
      const ratio = found && costRatio(found)
      return ratio === undefined ? [] : [{ ratio, index }]
    })
    if (bars.length === 0) return []
    const top = y
    y += bars.length * BAR + GAP
    const middle = top + (bars.length * BAR) / 2 + 4
    return [
      `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escaped(nameOf(row.case))}</text>`,
      ...bars.map(({ ratio, index }, i) => bar(top + i * BAR, ratio, index)),
    ]
  })
  const legend = shown.map(
    ({ name, index }, i) =>
      `<rect class="s${index}" x="${8 + i * 190}" y="30" width="10" height="10"/><text x="${23 + i * 190}" y="39">${name}</text>`,
  )
  const end = y - GAP + 4
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${end + 24}" role="img" aria-label="Cost beside ws">`,
    `<style>${STYLE}</style>`,
    '<text x="8" y="18">Cost beside ws in the same runs, medians; shorter is better</text>',
    ...legend,
    ...groups,
    `<line class="axis" x1="${across(1)}" x2="${across(1)}" y1="${TOP - 8}" y2="${end}"/>`,
    `<text class="small" x="${across(1)}" y="${end + 15}" text-anchor="middle">ws = 1</text>`,
    `<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${TOP - 8}" y2="${end}"/>`,
    '</svg>\n',
  ].join('\n')
}

function bar(y: number, ratio: number, series: number): string {
  const end = across(Math.min(ratio, LONGEST))
  return `<rect class="s${series}" x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${BAR - 1}"/><text class="small" x="${(end + 4).toFixed(1)}" y="${y + 9}">${ratio.toFixed(2)}</text>`
}

function across(ratio: number): number {
  return LEFT + (ratio / LONGEST) * (WIDTH - LEFT - RIGHT)
}

function includes(subjects: readonly string[], subject: Compared['row']['subject']): boolean {
  return subjects.includes(subject)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
