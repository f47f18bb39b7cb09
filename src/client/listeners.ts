type Listener<T> = (value: T) => unknown

/** Those who listen, in the order they came. The list is replaced, never changed: whoever goes through it is not disturbed. */
export interface Listeners<T> {
  all: readonly Listener<T>[]
}

export function listeners<T>(): Listeners<T> {
  return { all: [] }
}

/** Adds `fn`, also a second time; returns the removal of this one. */
export function listen<T>(to: Listeners<T>, fn: Listener<T>): () => void {
  const added: Listener<T> = (value) => fn(value)
  to.all = [...to.all, added]
  return () => {
    to.all = to.all.filter((other) => other !== added)
  }
}
