import { attempt } from '../websocket/attempt.ts'
import type { Clock } from '../websocket/clock.ts'

interface Waiting {
  readonly due: number
  act(): void
}

/** Does things later, and always in the order in which they were put. Has one timer, and only while something waits. */
export class DelayLine {
  readonly #clock: Clock
  #waiting: Waiting[] = []
  #cancel: (() => void) | undefined
  #flushed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `act` once `delay` milliseconds have passed and all before it was run; at once when there is nothing to wait for. */
  put(delay: number, act: () => unknown): unknown {
    const last = this.#waiting.at(-1)
    if ((delay <= 0 || this.#flushed) && last === undefined) return act()
    const due = Math.max(this.#clock.now() + delay, last?.due ?? 0)
    if (last === undefined) this.#arm(delay)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ due, act: () => void attempt(act, resolve, reject) })
    })
  }

  /** Runs all that waits, now, and from then on everything at once. */
  flush(): void {
    this.#flushed = true
    this.#disarm()
    while (this.#waiting.length > 0) this.#waiting.shift()!.act()
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#disarm()
    this.#waiting = []
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
    while (this.#waiting.length > 0 && this.#waiting[0]!.due <= this.#clock.now())
    const first = this.#waiting[0]
    // While one ran, another may have been put, with a timer of its own: it would run a later one early.
    if (first === undefined) this.#disarm()
    else this.#arm(first.due - this.#clock.now())
  }
}
