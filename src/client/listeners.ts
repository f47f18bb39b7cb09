import { guard } from './guard.ts'

type Listener<T> = (value: T) => unknown

/** Listeners, in the order in which they were added. */
export type Listeners<T> = Set<Listener<T>>

/** Adds `fn`, also a second time; returns the removal of this one. */
export function listen<T>(to: Listeners<T>, fn: Listener<T>): () => void {
  const added: Listener<T> = (value) => fn(value)
  to.add(added)
  return () => {
    to.delete(added)
  }
}

/** Calls those that are there now, each by `guard`, with `failed` and `done`. */
export function tell<T>(
  listeners: Listeners<T>,
  value: T,
  failed: (error: Error) => void,
  done?: () => void,
): void {
  for (const listener of new Set(listeners)) guard(() => listener(value), failed, done)
}
