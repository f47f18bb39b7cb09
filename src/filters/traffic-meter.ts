import type { Clock } from '../websocket/clock.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/** How many messages may pass, how many bytes, or both. */
export interface TrafficRates {
  readonly messages?: Rate
  readonly bytes?: Rate
}

/** What one message, or one fragment, counts for. */
export interface Cost {
  readonly messages: number
  readonly bytes: number
}

/** Two buckets, of messages and of bytes, as one. */
export class TrafficMeter {
  readonly #clock: Clock
  readonly #messages: TokenBucket | undefined
  readonly #bytes: TokenBucket | undefined

  constructor(rates: TrafficRates, clock: Clock) {
    const { messages, bytes } = rates
    const now = clock.now()
    this.#clock = clock
    this.#messages = messages && new TokenBucket('messages', messages, now)
    this.#bytes = bytes && new TokenBucket('bytes', bytes, now)
  }

  /** Whether so much may pass now. */
  admits(cost: Cost): boolean {
    const now = this.#clock.now()
    return (
      this.#messages?.has(cost.messages, now) !== false &&
      this.#bytes?.has(cost.bytes, now) !== false
    )
  }

  take(cost: Cost): void {
    const now = this.#clock.now()
    this.#messages?.take(cost.messages, now)
    this.#bytes?.take(cost.bytes, now)
  }

  /** Milliseconds until what was taken is paid for. */
  debt(): number {
    const now = this.#clock.now()
    return Math.max(this.#messages?.debt(now) ?? 0, this.#bytes?.debt(now) ?? 0)
  }

  /** Nothing was taken that time has not given back: a new meter would be no different. */
  isFresh(): boolean {
    const now = this.#clock.now()
    return this.#messages?.isFull(now) !== false && this.#bytes?.isFull(now) !== false
  }
}
