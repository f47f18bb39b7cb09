import { conditions } from '../report/page.ts'
import type { Results } from '../results.ts'
import { scalingTable } from './table.ts'

const START = '<!-- measured -->'
const END = '<!-- /measured -->'

/** `docs/multi-core.md` with these figures in place of those between its marks. Throws an `Error` when they are not there. */
export function withScaling(page: string, { setting, rows }: Results): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)]
  if (start < 0 || end < start) {
    throw new Error(`docs/multi-core.md has no ${START} before ${END}`)
  }
  const figures = `${conditions(setting)}\n\n${scalingTable(rows)}`
  return `${page.slice(0, start + START.length)}\n${figures}\n${page.slice(end)}`
}
