import { readFileSync, writeFileSync } from 'node:fs'
import { columnOf, type Half, tableOf, withTable } from './capability-table.ts'
import { COMBINATIONS } from './combinations.ts'
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
  console.log(combination.title)
  const report = await runProgram(combination)
  for (const half of HALVES) {
    const head = combination[half]
    if (head !== undefined) tables[half].set(head, columnOf(half, report))
  }
}
for (const half of HALVES) page = withTable(page, half, tableOf(half, tables[half]))
writeFileSync(PAGE, page)
