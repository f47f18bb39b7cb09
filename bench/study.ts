import type { Case } from './case.ts'
import type { Found } from './find-subjects.ts'
import type { BenchOptions } from './options.ts'
import type { Results } from './results.ts'
import type { Subject } from './subjects.ts'

/** A case, and who is to do it. */
export interface Step {
  readonly measured: Case
  readonly subjects: readonly Subject[]
}

/** What there is to run, and what was found for it. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly found: Found
}

/** A question to the benchmark: what to run for it, and how its answer is shown. */
export interface Study {
  plan(options: BenchOptions): Plan
  /** Markdown for the terminal. */
  show(results: Results): string
  /** Files of `docs/`, by name, with their new text. */
  pages(results: Results): Readonly<Record<string, string>>
  /** Whether the answer is as it is to be. */
  passed(results: Results): boolean
}
