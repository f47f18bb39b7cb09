/** Gives a place back, to be called once. */
export type Release = () => void

/** Counts places that are taken, in total and by key. A key without a place is not remembered. */
export class Places {
  readonly #total: number
  readonly #perKey: number
  readonly #byKey = new Map<string, number>()
  #taken = 0

  constructor(total: number, perKey: number) {
    this.#total = total
    this.#perKey = perKey
  }

  /** Takes a place, or returns the limit that leaves none. */
  take(key: string): Release | 'total' | 'key' {
    const ofKey = this.#byKey.get(key) ?? 0
    if (ofKey >= this.#perKey) return 'key'
    if (this.#taken >= this.#total) return 'total'
    this.#taken++
    this.#byKey.set(key, ofKey + 1)
    return () => this.#release(key)
  }

  #release(key: string): void {
    this.#taken--
    const left = this.#byKey.get(key)! - 1
    if (left === 0) this.#byKey.delete(key)
    else this.#byKey.set(key, left)
  }
}
