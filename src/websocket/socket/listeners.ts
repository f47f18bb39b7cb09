import { checkFunction } from '../support/check-function.ts'

/** No listener, the usual one, or several: idle sockets carry no empty lists. */
export type Listeners<F> = F | readonly F[] | undefined

/** Throws a `TypeError` for anything but a function. */
export function checkListener(listener: unknown): void {
  checkFunction(listener, 'a listener has to be a function')
}

/** The listeners with one more. Throws a `TypeError` for anything but a function. */
export function withListener<F extends (...args: never[]) => unknown>(
  listeners: Listeners<F>,
  added: F,
): Listeners<F> {
  checkListener(added)
  if (listeners === undefined) return added
  return typeof listeners === 'function' ? [listeners, added] : [...listeners, added]
}

/** Removes one registration of `removed`. Called twice for one registration, it would remove another: see `once`. */
export function withoutListener<F extends (...args: never[]) => unknown>(
  listeners: Listeners<F>,
  removed: F,
): Listeners<F> {
  if (listeners === removed || listeners === undefined) return undefined
  if (typeof listeners === 'function') return listeners
  const index = listeners.indexOf(removed)
  if (index < 0) return listeners
  const rest = listeners.toSpliced(index, 1)
  return rest.length === 1 ? rest[0] : rest
}

/** The function that a registration returns: calls `remove` the first time, and does nothing after that. */
export function once(remove: () => void): () => void {
  let done = false
  return () => {
    if (!done) remove()
    done = true
  }
}

/** All of them, in the order they were added. */
export function eachListener<F extends (...args: never[]) => unknown>(
  listeners: Listeners<F>,
): readonly F[] {
  if (listeners === undefined) return []
  return typeof listeners === 'function' ? [listeners] : listeners
}
