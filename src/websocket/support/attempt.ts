import { isPromiseLike, type MaybePromise } from './maybe-promise.ts'

/** Runs `act` and calls `done` with its result, or `failed` with what it throws: at once, unless it is a promise. */
export function attempt<T, U>(
  act: () => MaybePromise<T>,
  done: (value: T) => U,
  failed: (thrown: unknown) => U,
): MaybePromise<U> {
  let value: MaybePromise<T>
  try {
    value = act()
    // Even this look may throw: a proxy can.
    if (isPromiseLike(value)) return value.then(done, failed)
  } catch (thrown) {
    return failed(thrown)
  }
  return done(value)
}
