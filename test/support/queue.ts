/** What comes, and those who wait for it. */
export class Queue<T> {
  readonly #items: T[] = []
  readonly #takers: { resolve(item: T): void; reject(error: Error): void }[] = []
  #failure: Error | undefined

  push(item: T): void {
    const taker = this.#takers.shift()
    if (taker === undefined) this.#items.push(item)
    else taker.resolve(item)
  }

  /** No more will come. */
  fail(error: Error): void {
    this.#failure ??= error
    for (const taker of this.#takers.splice(0)) taker.reject(error)
  }

  next(): Promise<T> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve(item)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }))
  }
}
