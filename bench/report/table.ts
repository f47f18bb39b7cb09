import { nameOf, UNITS } from '../case.ts'
import type { Row } from '../results.ts'
import { type Compared, compare, sameCase } from './compare.ts'
import { markdownTable } from './markdown.ts'

const HEAD = [
  'workload',
  'unit',
  'server or client',
  'median',
  'quartiles',
  '÷ ws',
  'its quartiles',
]

/** One Markdown table of all rows; each case and its unit stand on the first of its rows. */
export function tableOf(rows: readonly Row[]): string {
  const lines = compare(rows).map((each, i) => {
    const first = i === 0 || !sameCase(rows[i - 1]!, each.row)
    const { workload } = each.row.case
    return [...(first ? [nameOf(each.row.case), UNITS[workload].name] : ['', '']), ...cells(each)]
  })
  return markdownTable('lllrrrr', HEAD, lines)
}

function cells({ row, spread, ratio }: Compared): readonly string[] {
  const wire = row.wireBytes === undefined ? '' : ` (${figure(row.wireBytes)} B on the wire)`
  if (spread === undefined) return [row.subject, 'failed', '', '', '']
  return [
    `${row.subject}${wire}`,
    figure(spread.median),
    `${figure(spread.lower)} to ${figure(spread.upper)}`,
    ...(ratio === undefined
      ? ['', '']
      : [ratio.median.toFixed(2), `${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)}`]),
  ]
}

/** Three digits say all that was measured. */
export function figure(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(size >= 10 ? 1 : 2)
}
