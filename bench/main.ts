import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { nameOf } from './case.ts'
import { type BenchOptions, parseOptions, USAGE } from './options.ts'
import { casesOf } from './plan.ts'
import { chartOf } from './report/chart.ts'
import { pageOf } from './report/page.ts'
import { settingOf } from './report/setting.ts'
import { tableOf } from './report/table.ts'
import type { Results, Row } from './results.ts'
import { runCase } from './run-case.ts'
import { chosenSubjects, findSubjects, profiled } from './subjects.ts'

const say = (line: string): void => console.error(line)

try {
  const options = parseOptions(process.argv.slice(2))
  const results = options.from === undefined ? await run(options) : read(options.from)
  if (options.json !== undefined) write(options.json, `${JSON.stringify(results, undefined, 2)}\n`)
  if (options.docs) {
    write('docs/performance.md', pageOf(results))
    write('docs/performance.svg', chartOf(results.rows))
  }
  console.log(tableOf(results.rows))
  process.exitCode = results.rows.some(({ figures }) => figures.includes(null)) ? 1 : 0
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  say(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}

async function run(options: BenchOptions): Promise<Results> {
  const { subjects, skipped } = findSubjects()
  const { only, profile } = options
  const chosen = chosenSubjects(subjects, only).map((subject) =>
    profile === undefined ? subject : profiled(subject, profile),
  )
  const setting = settingOf(options, skipped)
  for (const line of skipped) say(`not run: ${line}`)
  const rows: Row[] = []
  for (const measured of casesOf(options.workloads, options.narrowing)) {
    say(nameOf(measured))
    rows.push(...(await runCase(measured, chosen, options, say)))
  }
  return { setting: { ...setting, load: Math.max(setting.load, loadavg()[0]!) }, rows }
}

function read(path: string): Results {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function write(path: string, text: string): void {
  writeFileSync(path, text)
  say(`wrote ${path}`)
}
