/** A value, or a promise of one. */
export type MaybePromise<T> = T | PromiseLike<T>

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}
