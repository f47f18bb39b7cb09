import type { Capability } from 'antiphon/testing'
import type { Suite } from './suite.ts'

/** What became of one case. */
export interface CaseReport {
  readonly suite: string
  readonly name: string
  readonly needs: readonly Capability[]
  readonly result: 'passed' | 'failed' | 'absent'
  /** Of one that failed: what was thrown, with its stack. */
  readonly error?: string
}

/** What became of the suites that one program has run. */
export interface RunReport {
  readonly suites: readonly Pick<Suite, 'title' | 'proves' | 'lacks'>[]
  readonly cases: readonly CaseReport[]
  /** False when the program ended before its suites did. */
  readonly complete: boolean
  /** The case that was begun and had not ended when the program did, after the title of its suite. */
  readonly running: string | undefined
}

/** A line of a program's output: one of JSON among whatever else is printed. */
export type ReportLine =
  | { readonly antiphon: 'suite'; readonly suite: RunReport['suites'][number] }
  | { readonly antiphon: 'begin'; readonly suite: string; readonly name: string }
  | { readonly antiphon: 'case'; readonly case: CaseReport }
  | { readonly antiphon: 'end' }

/** Reads the output of a program. */
export function readReport(output: string): RunReport {
  const lines = output
    .split('\n')
    // What follows the last line break is nothing, or the part of a line at which the program ended.
    .slice(0, -1)
    .filter((line) => line.startsWith('{"antiphon":'))
    .map((line): ReportLine => JSON.parse(line))
  const last = lines.at(-1)
  return {
    suites: lines.flatMap((line) => (line.antiphon === 'suite' ? [line.suite] : [])),
    cases: lines.flatMap((line) => (line.antiphon === 'case' ? [line.case] : [])),
    complete: last?.antiphon === 'end',
    running: last?.antiphon === 'begin' ? `${last.suite}: ${last.name}` : undefined,
  }
}
