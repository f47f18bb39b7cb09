import { attempt } from './attempt.ts'
import { showError } from './show-error.ts'

/** An `onError` hook that never throws or rejects: such errors are logged. */
export function guardedHook<A extends readonly unknown[]>(
  hook: (...args: A) => unknown,
): (...args: A) => void {
  return (...args) => {
    attempt(
      () => hook(...args),
      () => {},
      (thrown) => console.error('antiphon: the onError hook failed', showError(thrown)),
    )
  }
}
