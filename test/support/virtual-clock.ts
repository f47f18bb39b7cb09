import type { Clock } from '../../src/websocket/clock.ts'

interface Timer {
  readonly at: number
  readonly fn: () => void
}

/** Time that passes when it is told to. */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  after(delay: number, fn: () => void): () => void {
    const timer = { at: this.#now + delay, fn }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers have not fired and are not cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` milliseconds pass and fires what is due, in order, timers set meanwhile included. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const due = this.#next()
      if (due === undefined || due.at > until) break
      this.#timers.delete(due)
      this.#now = due.at
      due.fn()
    }
    this.#now = until
  }

  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer
    return next
  }
}
