import type { Case } from './case.ts'

/** What one subject did in one case, run by run. */
export interface Row {
  readonly case: Case
  readonly subject: string
  /** One for each run, in the unit of the workload; `null` where the run failed. */
  readonly figures: readonly (number | null)[]
  /** Messages a second, by the clock, run by run; `null` where they were not counted. */
  readonly rates: readonly (number | null)[]
  /** Bytes that a message took on the wire, header included, where it is compressed. */
  readonly wireBytes: number | undefined
}

export interface Setting {
  /** Of the sources, `with changes` behind it when there were any. */
  readonly commit: string
  readonly date: string
  /** In words: cores, memory, system, versions. */
  readonly machine: string
  readonly time: number
  readonly warm: number
  readonly repeats: number
  /** Load of the machine before or after the run, the higher one, and its cores: whether others were at work. */
  readonly load: number
  readonly cores: number
  /** Subjects that could not run, and why. */
  readonly skipped: readonly string[]
}

export interface Results {
  readonly setting: Setting
  readonly rows: readonly Row[]
}
