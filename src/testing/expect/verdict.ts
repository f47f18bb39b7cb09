/** The outcome of an expectation. */
export interface Verdict<out Found = unknown> {
  readonly pass: boolean
  /** What is, and what was expected, in one sentence. */
  readonly message: string
  /** For the diff of a test runner. */
  readonly actual: unknown
  readonly expected: unknown
  /** What `actual` is of, if it came. */
  readonly found: Found | undefined
}

/** An expectation failed. Test runners recognise it by its name and its members. */
export class ExpectationError extends Error {
  override readonly name: string = 'AssertionError'
  readonly actual: unknown
  readonly expected: unknown

  constructor({ message, actual, expected }: Verdict) {
    super(message)
    this.actual = actual
    this.expected = expected
  }
}

/** What was found. Throws an `ExpectationError` unless it passed. */
export function enforce<Found>(verdict: Verdict<Found>): Found {
  if (verdict.pass && verdict.found !== undefined) return verdict.found
  throw new ExpectationError(verdict)
}

/** Options of the expectations, such as `expectMessages`. */
export interface ExpectOptions {
  /** Milliseconds to wait for what is expected. Default 2,000. */
  readonly within?: number | undefined
}

export const PATIENCE = 2_000
