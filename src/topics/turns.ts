/** Does one thing after the other: what is to be done while something else is being done waits for it. */
export class Turns {
  /** Set while something is being done. */
  #waiting: (() => unknown)[] | undefined

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
      for (const next of waiting) next()
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
