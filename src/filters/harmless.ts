import { attempt } from '../websocket/support/attempt.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { showError } from '../websocket/support/show-error.ts'

/**
 * A callback that only watches: what it throws or rejects with is logged, and does no harm. Throws a `TypeError` for
 * anything but a function.
 */
export function harmless<A extends readonly unknown[]>(
  name: string,
  callback: (...args: A) => unknown,
): (...args: A) => void {
  checkFunction(callback, `${name} has to be a function`)
  const failed = logFailureOf(name)
  return (...args) => {
    attempt(
      () => callback(...args),
      () => {},
      failed,
    )
  }
}

/** Returns a function that logs an error of `name`, for errors that nobody else would hear of. */
export function logFailureOf(name: string): (thrown: unknown) => void {
  return (thrown) => console.error(`antiphon: ${name} failed`, showError(thrown))
}
