import { isPromiseLike, type MaybePromise } from '../websocket/support/maybe-promise.ts'

/** The result of `next` for the value: at once, unless the value is a promise. */
export function chain<T, U>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<U>,
): MaybePromise<U> {
  return isPromiseLike(value) ? value.then(next) : next(value)
}

/** The answer or, if it is `undefined`, that of `next`. */
export function orElse<T>(
  answer: MaybePromise<T | undefined>,
  next: () => MaybePromise<T>,
): MaybePromise<T> {
  return chain(answer, (value) => value ?? next())
}
