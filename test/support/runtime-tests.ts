import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { columnIn, columnOf, type Half } from '../../runtimes/capability-table.ts'
import { COMBINATIONS, type Combination } from '../../runtimes/combinations.ts'
import type { CaseReport, RunReport } from '../../runtimes/report.ts'
import { pathTo } from '../../runtimes/root.ts'
import { type ProgramRun, runProgram } from '../../runtimes/run-program.ts'

const PAGE = readFileSync(pathTo('docs/runtimes.md'), 'utf8')

/** Runs the programs for a runtime, and makes a test of each case that they report. */
export async function describeRuntime(runtime: Combination['runtime']): Promise<void> {
  for (const combination of COMBINATIONS.filter((each) => each.runtime === runtime)) {
    const run = await runProgram(combination)
    describe(combination.title, () => {
      describeRun(combination, run)
    })
  }
}

function describeRun(combination: Combination, run: ProgramRun): void {
  test('all its suites are run to their ends', () => {
    expect(run.brokenOff).toBe(undefined)
    expect(run.suites.length).toBeGreaterThan(0)
  })

  for (const { title } of run.suites) {
    const cases = run.cases.filter(({ suite }) => suite === title)
    describe(title, () => {
      for (const { name, result, error } of cases.filter((each) => each.result !== 'absent')) {
        test(name, () => expect(result, error).toBe('passed'))
      }
    })
  }

  test('what is left out needs what is declared absent', () => {
    expect(run.cases.filter((each) => each.result === 'absent' && !mayBeAbsent(each, run))).toEqual(
      [],
    )
  })

  test.each(halvesOf(combination))('%ss can do what docs/runtimes.md says: %s', (half, head) => {
    expect(run.brokenOff).toBe(undefined)
    const stale = 'it is stale: npm run docs:runtimes'
    expect(columnIn(PAGE, half, head), stale).toEqual(columnOf(half, run))
  })
}

function halvesOf({ server, client }: Combination): [Half, string][] {
  return [
    ...(server === undefined ? [] : [['server', server] as [Half, string]]),
    ...(client === undefined ? [] : [['client', client] as [Half, string]]),
  ]
}

function mayBeAbsent({ suite, needs }: CaseReport, { suites }: RunReport): boolean {
  const lacks = suites.find(({ title }) => title === suite)?.lacks ?? []
  return needs.some((capability) => lacks.includes(capability))
}
