import { nameOf } from '../case.ts'
import { markdownTable } from '../report/markdown.ts'
import { figure } from '../report/table.ts'
import type { Row } from '../results.ts'
import { spreadOf } from '../stats.ts'

const HEAD = ['workload', 'workers', 'messages/s', 'times', 'µs CPU/message', 'times']

/** A line for each number of workers; `times` is beside one worker, in the median of the rounds. */
export function scalingTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const first = rows.find((each) => nameOf(each.case) === nameOf(row.case))!
    const same = row === first
    return [
      same ? nameOf(row.case) : '',
      /\d+/.exec(row.subject)?.[0] ?? row.subject,
      median(row.rates, figure),
      same ? '' : median(ratios(row.rates, first.rates), ratio),
      median(row.figures, figure),
      same ? '' : median(ratios(row.figures, first.figures), ratio),
    ]
  })
  return markdownTable('llrrrr', HEAD, lines)
}

function ratios(
  values: readonly (number | null)[],
  bases: readonly (number | null)[],
): (number | null)[] {
  return values.map((value, round) => {
    const base = bases[round]
    return value === null || typeof base !== 'number' ? null : value / base
  })
}

function ratio(value: number): string {
  return value.toFixed(2)
}

function median(values: readonly (number | null)[], show: (value: number) => string): string {
  const there = values.filter((value) => value !== null)
  return there.length === 0 ? 'failed' : show(spreadOf(there).median)
}
