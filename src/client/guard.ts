import { asError } from '../protocol/errors/thrown.ts'

/** Calls `fn`, then `done` once it has settled, then `failed` with what it threw or rejected with. */
export function guard(fn: () => unknown, failed: (error: Error) => void, done?: () => void): void {
  const fail = (thrown: unknown): void => {
    done?.()
    failed(asError(thrown))
  }
  try {
    // It may be anything: only a promise has this method.
    const result = fn() as Partial<PromiseLike<unknown>> | null | undefined
    if (result?.then) result.then(done, fail)
    else done?.()
  } catch (thrown) {
    fail(thrown)
  }
}
