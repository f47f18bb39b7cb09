import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { nameOf } from './case.ts'
import { cliffs } from './cliffs/study.ts'
import { type BenchOptions, type Command, parseOptions, USAGE } from './options.ts'
import { settingOf } from './report/setting.ts'
import type { Results, Row } from './results.ts'
import { runCase } from './run-case.ts'
import { scaling } from './scaling/study.ts'
import type { Study } from './study.ts'
import { profiled } from './subjects.ts'
import { targets } from './targets/study.ts'
import { workloads } from './workloads.ts'

const STUDIES: Readonly<Record<Command, Study>> = { workloads, targets, cliffs, scaling }

const say = (line: string): void => console.error(line)

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  say(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}

async function main(options: BenchOptions): Promise<void> {
  if (options.help) {
    console.log(USAGE)
    return
  }
  const study = STUDIES[options.command]
  const results = options.from === undefined ? await run(study, options) : read(options.from)
  if (options.json !== undefined) write(options.json, `${JSON.stringify(results, undefined, 2)}\n`)
  if (options.docs) {
    for (const [name, text] of Object.entries(study.pages(results))) write(`docs/${name}`, text)
  }
  console.log(study.show(results))
  process.exitCode = study.passed(results) ? 0 : 1
}

async function run(study: Study, options: BenchOptions): Promise<Results> {
  const { profile } = options
  const { steps, found } = study.plan(options)
  const setting = settingOf(options, found)
  for (const line of found.skipped) say(`not run: ${line}`)
  const start = Date.now()
  const rows: Row[] = []
  for (const { measured, subjects } of steps) {
    say(nameOf(measured))
    const chosen =
      profile === undefined ? subjects : subjects.map((subject) => profiled(subject, profile))
    rows.push(...(await runCase(measured, chosen, options, say)))
  }
  say(`took ${Math.round((Date.now() - start) / 1000)} s`)
  return { setting: { ...setting, load: Math.max(setting.load, loadavg()[0]!) }, rows }
}

function read(path: string): Results {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function write(path: string, text: string): void {
  writeFileSync(path, text)
  say(`wrote ${path}`)
}
