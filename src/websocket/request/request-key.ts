/**
 * Names a value that a filter puts into a request and a handler takes out: the principal, a trace.
 * Two keys are never equal, even with one name.
 */
export interface RequestKey<out T> {
  readonly name: string
  /** What `get` answers when nothing was put there; without it, `get` throws. */
  readonly fallback?: { readonly value: T } | undefined
}

/** A key of its own for values of type `T`; with a fallback, `request.get(key)` never throws. */
export function requestKey<T>(name: string, fallback?: { readonly value: T }): RequestKey<T> {
  return fallback === undefined ? { name } : { name, fallback }
}
