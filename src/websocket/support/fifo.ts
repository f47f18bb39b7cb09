/** The longest array that an emptied queue keeps: idle queues should cost little. */
const KEPT = 32

/** A queue whose head can be taken in constant time, however long it is. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0
  #tail = 0

  get length(): number {
    return this.#tail - this.#head
  }

  /** The next to be taken. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items[this.#tail++] = item
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head++] = undefined
    const half = this.#head > KEPT && this.#head * 2 >= this.#tail
    if (half || this.#head === this.#tail) this.#compact()
    return item
  }

  /** Empties it; returns what was in it. */
  clear(): readonly T[] {
    const rest: T[] = []
    for (let item = this.shift(); item !== undefined; item = this.shift()) rest.push(item)
    return rest
  }

  #compact(): void {
    if (this.#tail > KEPT) this.#items = this.#items.slice(this.#head, this.#tail)
    this.#tail -= this.#head
    this.#head = 0
  }
}
