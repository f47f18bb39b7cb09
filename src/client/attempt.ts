import { asError } from '../protocol/thrown.ts'

/** Calls `fn`: `failed` hears what it throws or rejects with, behind `done`, which hears that it has settled. */
export function attempt(
  fn: () => unknown,
  failed: (error: Error) => void,
  done?: () => void,
): void {
  const fail = (thrown: unknown): void => {
    done?.()
    failed(asError(thrown))
  }
  try {
    // Whatever it is: only a promise has the method that is asked for.
    const result = fn() as Partial<PromiseLike<unknown>> | null | undefined
    if (result?.then) result.then(done, fail)
    else done?.()
  } catch (thrown) {
    fail(thrown)
  }
}
