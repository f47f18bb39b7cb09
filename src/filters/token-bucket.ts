/** How much may pass. */
export interface Rate {
  /** In the long run. */
  readonly perSecond: number
  /** At once, after a pause. Default: what may pass in one second, but at least 1. */
  readonly burst?: number | undefined
}

/** How far off sums of fractions may be, in tokens. */
const ERROR = 1e-6

/** A bucket that fills up with time. Taking more than it holds puts it into debt, which time pays back. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #filled: number

  /** Throws a `RangeError` that begins with `name` for a rate or a burst that is not above 0. */
  constructor(name: string, rate: Rate, now: number) {
    const { perSecond } = rate
    this.#perMs = positive(`${name}.perSecond`, perSecond) / 1000
    this.#burst = positive(`${name}.burst`, rate.burst ?? Math.max(1, perSecond))
    this.#tokens = this.#burst
    this.#filled = now
  }

  /** Whether that many tokens are there. For more than the burst, a full bucket is enough. */
  has(tokens: number, now: number): boolean {
    this.#fill(now)
    return this.#tokens + ERROR >= Math.min(tokens, this.#burst)
  }

  /** Takes that many tokens, even if they are not there. */
  take(tokens: number, now: number): void {
    this.#fill(now)
    this.#tokens -= tokens
  }

  /** Milliseconds until the debt is paid back. */
  debt(now: number): number {
    this.#fill(now)
    return this.#tokens + ERROR >= 0 ? 0 : -this.#tokens / this.#perMs
  }

  isFull(now: number): boolean {
    this.#fill(now)
    return this.#tokens === this.#burst
  }

  #fill(now: number): void {
    // For all but the first of a burst, it was filled in this very millisecond: nothing to do.
    if (now === this.#filled) return
    // If the clock was set back by an hour, nothing would pass for an hour.
    const passed = Math.max(0, now - this.#filled)
    this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#perMs)
    this.#filled = now
  }
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new RangeError(`the option ${name} is ${String(value)}: it must be a number above 0`)
}
