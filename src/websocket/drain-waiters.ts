interface Waiter {
  readonly below: number
  resolve(): void
}

/** Promises that wait until no more than some number of bytes is buffered. */
export class DrainWaiters {
  #waiters: Waiter[] = []

  until(below: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ below, resolve })
    })
  }

  /** Resolves those for which this is little enough. */
  settle(buffered: number): void {
    this.#waiters = this.#waiters.filter(({ below, resolve }) => {
      if (buffered > below) return true
      resolve()
      return false
    })
  }
}
