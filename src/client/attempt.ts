import { asError } from '../websocket/errors.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'

/** Calls `fn`: `failed` hears what it throws or rejects with, behind `done`, which hears that it has settled. */
export function attempt(
  fn: () => unknown,
  failed: (error: Error) => void,
  done: () => void = nothing,
): void {
  const fail = (thrown: unknown): void => {
    done()
    failed(asError(thrown))
  }
  try {
    const result = fn()
    if (isPromiseLike(result)) result.then(done, fail)
    else done()
  } catch (thrown) {
    fail(thrown)
  }
}

function nothing(): void {}
