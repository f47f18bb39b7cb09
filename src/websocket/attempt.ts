import { isPromiseLike, type MaybePromise } from './maybe-promise.ts'

/** Runs `act` and hands what becomes of it to one of the two: at once, unless it has to be waited for. */
export function attempt<T, U>(
  act: () => MaybePromise<T>,
  done: (value: T) => U,
  failed: (thrown: unknown) => U,
): MaybePromise<U> {
  let value: MaybePromise<T>
  try {
    value = act()
    // Even to look may throw: a proxy can.
    if (isPromiseLike(value)) return value.then(done, failed)
  } catch (thrown) {
    return failed(thrown)
  }
  return done(value)
}
