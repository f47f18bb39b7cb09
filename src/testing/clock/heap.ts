/** What a heap holds: it notes where. */
export interface Placed {
  place: number
}

/** Knows its first item. To add or to delete one takes a number of comparisons that grows with the logarithm of the size. */
export class Heap<T extends Placed> {
  readonly #comesFirst: (a: T, b: T) => boolean
  /** Those at 2n + 1 and 2n + 2 come after the one at n. */
  readonly #items: T[] = []

  constructor(comesFirst: (a: T, b: T) => boolean) {
    this.#comesFirst = comesFirst
  }

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    this.#rise(item, this.#items.length)
  }

  /** Does nothing when it is not there any more. */
  delete(item: T): void {
    const { place } = item
    if (this.#items[place] !== item) return
    const last = this.#items.pop()!
    if (last === item) return
    this.#rise(last, place)
    this.#sink(last)
  }

  /** Puts an item at a place, or above it. */
  #rise(item: T, place: number): void {
    const above = (place - 1) >> 1
    const parent = this.#items[above]
    if (parent === undefined || !this.#comesFirst(item, parent)) {
      this.#put(item, place)
    } else {
      this.#put(parent, place)
      this.#rise(item, above)
    }
  }

  #sink(item: T): void {
    const { place } = item
    const left = this.#items[place * 2 + 1]
    const right = this.#items[place * 2 + 2]
    if (left === undefined) return
    const child = right !== undefined && this.#comesFirst(right, left) ? right : left
    if (!this.#comesFirst(child, item)) return
    const below = child.place
    this.#put(child, place)
    this.#put(item, below)
    this.#sink(item)
  }

  #put(item: T, place: number): void {
    this.#items[place] = item
    item.place = place
  }
}
