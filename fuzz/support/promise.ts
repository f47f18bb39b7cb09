import { isDeepStrictEqual } from 'node:util'

/** Throws unless it holds. */
export function promised(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`broken promise: ${what}`)
}

/** Throws unless both are the same. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`broken promise: ${what}\n  ${show(actual)}\n  ${show(expected)}`)
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
