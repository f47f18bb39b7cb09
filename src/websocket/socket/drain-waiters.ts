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

  /** Resolves those whose bound is met. */
  settle(buffered: number): void {
    // Called whenever a socket drains, when mostly nobody waits.
    if (this.#waiters.length === 0) return
    const waiters = this.#waiters
    this.#waiters = waiters.filter((waiter) => buffered > waiter.below)
    for (const waiter of waiters) if (buffered <= waiter.below) waiter.resolve()
  }
}
