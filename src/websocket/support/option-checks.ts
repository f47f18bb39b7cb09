import { LONGEST_WAIT } from './clock.ts'

/** An option that counts something, or its default, if it has one. Throws a `RangeError` unless it is a number from 0 up. */
export function amount(name: string, value: number | undefined, fallback?: number): number {
  const chosen = value === undefined ? fallback : value
  if (typeof chosen === 'number' && chosen >= 0) return chosen
  throw wrongValue(name, chosen, 'a number from 0 up')
}

/** The error for an option with a wrong value. A string is quoted: environments have numbers as strings. */
export function wrongValue(name: string, value: unknown, right: string): RangeError {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  return new RangeError(`the option ${name} is ${shown}: it must be ${right}`)
}

/** An option in milliseconds, or its default, if it has one. Throws a `RangeError` unless a timer can wait for it. */
export function duration(name: string, value: number | undefined, fallback?: number): number {
  const chosen = amount(name, value, fallback)
  if (chosen <= LONGEST_WAIT) return chosen
  throw new RangeError(
    `the option ${name} is ${chosen}: it must be at most ${LONGEST_WAIT} ms, which is 24 days`,
  )
}
