type Listener<T> = (value: T) => unknown

/** Those who listen, in the order they came. */
export type Listeners<T> = Set<Listener<T>>

/** Adds `fn`, also a second time; returns the removal of this one. */
export function listen<T>(to: Listeners<T>, fn: Listener<T>): () => void {
  const added: Listener<T> = (value) => fn(value)
  to.add(added)
  return () => {
    to.delete(added)
  }
}
