import { attempt } from '../websocket/support/attempt.ts'
import type { Clock } from '../websocket/support/clock.ts'
import { Fifo } from '../websocket/support/fifo.ts'

interface Waiting {
  readonly due: number
  act(): void
}

/** Does things later, and always in the order in which they were put. Has one timer, and only while something waits. */
export class DelayLine {
  readonly #clock: Clock
  readonly #waiting = new Fifo<Waiting>()
  /** When the last one is due. */
  #last = 0
  #cancel: (() => void) | undefined
  #flushed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `act` once `delay` milliseconds have passed and all before it was run; at once when there is nothing to wait for. */
  put(delay: number, act: () => unknown): unknown {
    const first = this.#waiting.length === 0
    if ((delay <= 0 || this.#flushed) && first) return act()
    const due = Math.max(this.#clock.now() + delay, first ? 0 : this.#last)
    this.#last = due
    if (first) this.#arm(delay)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ due, act: () => void attempt(act, resolve, reject) })
    })
  }

  /** Runs all that waits, now, and from then on everything at once. */
  flush(): void {
    this.#flushed = true
    this.#disarm()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      next.act()
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#disarm()
    this.#waiting.clear()
  }

  #arm(delay: number): void {
    this.#disarm()
    this.#cancel = this.#clock.after(delay, () => this.#run())
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #run(): void {
    // The first one is due, even if the timer came a fraction before the clock says so.
    do this.#waiting.shift()?.act()
    while (this.#waiting.length > 0 && this.#waiting.first!.due <= this.#clock.now())
    const { first } = this.#waiting
    // While one ran, another may have been put, with a timer of its own: it would run a later one early.
    if (first === undefined) this.#disarm()
    else this.#arm(first.due - this.#clock.now())
  }
}
