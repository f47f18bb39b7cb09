import type { Clock } from '../websocket/clock.ts'
import { began } from './leaks.ts'

interface Timer {
  readonly at: number
  readonly fn: () => void
  /** Tells whoever checks for leaks. */
  readonly ended: () => void
}

/** Time that passes when it is told to. */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  after(delay: number, fn: () => void): () => void {
    const at = this.#now + Math.max(0, delay)
    const ended = began(() => `a timer of a virtual clock, due in ${at - this.#now} ms`)
    const timer = { at, fn, ended }
    this.#timers.add(timer)
    return () => this.#end(timer)
  }

  /** How many timers have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` milliseconds pass and fires what falls due, in order, what is set meanwhile included. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time cannot pass by ${ms} ms: give a number from 0 up`)
    const until = this.#now + ms
    for (;;) {
      const next = this.#next()
      if (next === undefined || next.at > until) break
      this.#end(next)
      this.#now = next.at
      next.fn()
    }
    // What fired may itself have let more time pass.
    this.#now = Math.max(this.#now, until)
  }

  #end(timer: Timer): void {
    this.#timers.delete(timer)
    timer.ended()
  }

  /** Of several that fall due together, the one that was set first. */
  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer
    return next
  }
}
