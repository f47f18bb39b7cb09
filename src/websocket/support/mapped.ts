/** What `read` makes of each item; `next` rejects with what it throws. Leaving the loop leaves that over `items`. */
export function mapped<T, R>(
  items: AsyncIterator<T>,
  read: (item: T) => R,
): AsyncIterator<R, undefined, undefined> {
  return {
    async next() {
      const { done, value } = await items.next()
      return done ? { done, value: undefined } : { done: false, value: read(value) }
    },
    async return() {
      await items.return?.()
      return { done: true, value: undefined }
    },
  }
}
