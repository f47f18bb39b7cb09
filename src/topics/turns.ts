/** More than this is waiting only if whatever is done makes something wait. */
const MOST = 100_000

/** Does one thing after the other: what is to be done while something else is being done waits for it. */
export class Turns {
  /** Set while something is being done. */
  #waiting: (() => unknown)[] | undefined
  readonly #endless: (error: Error) => void

  /** `endless` is told if it never came to an end; what waits then is dropped. */
  constructor(endless: (error: Error) => void) {
    this.#endless = endless
  }

  /** Returns what `act` returns; `undefined` if it has to wait. */
  take<T>(act: () => T): T | undefined {
    if (this.#waiting !== undefined) {
      this.#waiting.push(act)
      return undefined
    }
    const waiting: (() => unknown)[] = []
    this.#waiting = waiting
    try {
      const result = act()
      // It may grow meanwhile.
      for (const next of waiting) {
        if (waiting.length > MOST) {
          const why = 'what sends a message, such as a filter, publishes another one'
          this.#endless(new RangeError(`publishing has no end: ${why}`))
          break
        }
        next()
      }
      return result
    } finally {
      this.#waiting = undefined
    }
  }

  /** Does it now, within what is being done, too. What is to be done meanwhile waits for it. */
  hold(act: () => void): void {
    if (this.#waiting === undefined) this.take(act)
    else act()
  }
}
