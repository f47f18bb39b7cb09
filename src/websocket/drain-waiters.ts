interface Waiter {
  readonly below: number
  resolve(): void
}

/** Those who wait until at most so many bytes are buffered. */
export class DrainWaiters {
  #waiters: Waiter[] = []

  until(below: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ below, resolve })
    })
  }

  /** Wakes whom this amount satisfies. */
  settle(buffered: number): void {
    if (this.#waiters.length === 0) return
    const waiters = this.#waiters
    this.#waiters = waiters.filter((waiter) => buffered > waiter.below)
    for (const waiter of waiters) if (buffered <= waiter.below) waiter.resolve()
  }
}
