/** A value, or a promise of one. */
export type MaybePromise<T> = T | PromiseLike<T>

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  // Not with `in`, which V8 does not optimize here: this is asked for every message that a listener handles.
  return typeof value === 'object' && typeof Object(value).then === 'function'
}
