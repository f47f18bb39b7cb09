/** How much may pass. */
export interface Rate {
  /** In the long run. */
  readonly perSecond: number
  /** At once, after a pause. Default: what may pass in one second, but at least 1. */
  readonly burst?: number | undefined
}

/** What so many sums of fractions may be wrong by, in tokens. */
const ERROR = 1e-6

/** What fills up with time and is taken from. It may go into debt, which time pays back. */
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

  /** Whether so much is there. More than the burst never is: a full bucket is enough for it. */
  has(tokens: number, now: number): boolean {
    this.#fill(now)
    return this.#tokens + ERROR >= Math.min(tokens, this.#burst)
  }

  /** Takes so much, there or not. */
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
    // Of a burst, all but the first find it full to the millisecond: there is nothing to write.
    if (now === this.#filled) return
    // A clock that was set back takes nothing away: in return for an hour, nothing would pass for an hour.
    const passed = Math.max(0, now - this.#filled)
    this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#perMs)
    this.#filled = now
  }
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new RangeError(`the option ${name} is ${String(value)}: it must be a number above 0`)
}
