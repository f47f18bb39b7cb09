import { isPromiseLike, type MaybePromise } from '../websocket/maybe-promise.ts'

/** Runs `act` and hands what becomes of it to one of the two: at once, unless it has to be waited for. */
export function attempt<T, U>(
  act: () => MaybePromise<T>,
  done: (value: T) => U,
  failed: (thrown: unknown) => U,
): MaybePromise<U> {
  let value: MaybePromise<T>
  try {
    value = act()
  } catch (thrown) {
    return failed(thrown)
  }
  return isPromiseLike(value) ? value.then(done, failed) : done(value)
}
