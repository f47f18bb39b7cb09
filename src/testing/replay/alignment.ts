/** How many of each side wait for a counterpart. What is further away than this is not looked for. */
const WINDOW = 64

/** What one side has and the other has otherwise; `undefined` where it has nothing. */
export type Differs<T> = (recorded: T | undefined, replayed: T | undefined) => void

/**
 * What was recorded beside what came, as `diff` has two files: one that is missing, or one more, does not make all that
 * follows different. What is not the same is held until something after it is the same again.
 */
export class Alignment<T> {
  readonly #same: (replayed: T, recorded: T) => boolean
  readonly #differs: Differs<T>
  readonly #recorded: T[] = []
  readonly #replayed: T[] = []

  constructor(same: (replayed: T, recorded: T) => boolean, differs: Differs<T>) {
    this.#same = same
    this.#differs = differs
  }

  /** How many more were expected than came, since both were the same. */
  get owed(): number {
    return this.#recorded.length - this.#replayed.length
  }

  expect(recorded: T): void {
    const at = this.#replayed.findIndex((replayed) => this.#same(replayed, recorded))
    if (at >= 0) this.#meet(this.#recorded.length, at)
    else if (this.#recorded.push(recorded) > WINDOW) this.#tell(1, 1)
  }

  came(replayed: T): void {
    const at = this.#recorded.findIndex((recorded) => this.#same(replayed, recorded))
    if (at >= 0) this.#meet(at, this.#replayed.length)
    else if (this.#replayed.push(replayed) > WINDOW) this.#tell(1, 1)
  }

  /** What is held has no counterpart. */
  end(): void {
    this.#tell(this.#recorded.length, this.#replayed.length)
  }

  /** These two are the same; one of them is not held. */
  #meet(recordedAt: number, replayedAt: number): void {
    this.#tell(recordedAt, replayedAt)
    this.#recorded.shift()
    this.#replayed.shift()
  }

  /** Tells the first ones, side by side, as far as there are so many. */
  #tell(recordedCount: number, replayedCount: number): void {
    const recorded = this.#recorded.splice(0, recordedCount)
    const replayed = this.#replayed.splice(0, replayedCount)
    for (let at = 0; at < Math.max(recorded.length, replayed.length); at++) {
      this.#differs(recorded[at], replayed[at])
    }
  }
}
