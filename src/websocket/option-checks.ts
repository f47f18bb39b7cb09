/** An option that counts something, or its default, if it has one. Throws a `RangeError` unless it is a number from 0 up. */
export function amount(name: string, value: number | undefined, fallback?: number): number {
  const chosen = value ?? fallback
  if (typeof chosen === 'number' && chosen >= 0) return chosen
  throw new RangeError(`the option ${name} is ${String(chosen)}: it must be a number from 0 up`)
}

/** The longest wait, in milliseconds: platforms take a longer one for none at all. */
const LONGEST = 2 ** 31 - 1

/** An option in milliseconds, or its default, if it has one. Throws a `RangeError` unless a timer can wait for it. */
export function duration(name: string, value: number | undefined, fallback?: number): number {
  const chosen = amount(name, value, fallback)
  if (chosen <= LONGEST) return chosen
  throw new RangeError(
    `the option ${name} is ${chosen}: it must be at most ${LONGEST} ms, which is 24 days`,
  )
}
