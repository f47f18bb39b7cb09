import { readFileSync, writeFileSync } from 'node:fs'
import { columnIn, columnOf, type Half, tableOf, withTable } from './capability-table.ts'
import { COMBINATIONS } from './combinations.ts'
import { executablePath } from './executable.ts'
import { pathTo } from './root.ts'
import { runProgram } from './run-program.ts'

/** Runs all programs, and writes what they have proved into the page. */

const PAGE = pathTo('docs/runtimes.md')
const HALVES: readonly Half[] = ['server', 'client']

let page = readFileSync(PAGE, 'utf8')
const tables = {
  server: new Map<string, readonly string[]>(),
  client: new Map<string, readonly string[]>(),
}
for (const combination of COMBINATIONS) {
  const { browser } = combination
  const there = browser === undefined || executablePath(browser) !== undefined
  console.log(`${combination.title}${there ? '' : ': it is not there, the column stays'}`)
  const report = there ? await runProgram(combination) : undefined
  if (report?.brokenOff !== undefined) throw new Error(report.brokenOff)
  for (const half of HALVES) {
    const head = combination[half]
    if (head === undefined) continue
    tables[half].set(head, report ? columnOf(half, report) : columnIn(page, half, head))
  }
}
for (const half of HALVES) page = withTable(page, half, tableOf(half, tables[half]))
writeFileSync(PAGE, page)
