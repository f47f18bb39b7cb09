import type { Clock } from '../websocket/support/clock.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'
import { turnTime } from './turn-time.ts'

/** How many messages may pass, how many bytes, or both. */
export interface TrafficRates {
  /** How many messages, whatever their size. */
  readonly messages?: Rate | undefined
  /** How many bytes, in however many messages. */
  readonly bytes?: Rate | undefined
}

/** What one message, or one fragment, counts for. */
export interface Cost {
  readonly messages: number
  readonly bytes: number
}

/** Two buckets as one: of messages and of bytes. */
export class TrafficMeter {
  readonly #now: () => number
  readonly #messages: TokenBucket | undefined
  readonly #bytes: TokenBucket | undefined

  constructor(rates: TrafficRates, clock: Clock) {
    const { messages, bytes } = rates
    this.#now = turnTime(clock)
    const now = this.#now()
    this.#messages = messages && new TokenBucket('messages', messages, now)
    this.#bytes = bytes && new TokenBucket('bytes', bytes, now)
  }

  /** Takes the cost if it may pass now; false, with nothing taken, if not. */
  tryTake(cost: Cost): boolean {
    const now = this.#now()
    const admitted =
      this.#messages?.has(cost.messages, now) !== false &&
      this.#bytes?.has(cost.bytes, now) !== false
    if (admitted) this.#take(cost, now)
    return admitted
  }

  /** Takes the cost, even if it may not pass now. */
  take(cost: Cost): void {
    this.#take(cost, this.#now())
  }

  /** Milliseconds until what was taken is paid for. */
  debt(): number {
    const now = this.#now()
    return Math.max(this.#messages?.debt(now) ?? 0, this.#bytes?.debt(now) ?? 0)
  }

  /** True if everything taken has been given back by time: a new meter would be no different. */
  isFresh(): boolean {
    const now = this.#now()
    return this.#messages?.isFull(now) !== false && this.#bytes?.isFull(now) !== false
  }

  #take({ messages, bytes }: Cost, now: number): void {
    this.#messages?.take(messages, now)
    this.#bytes?.take(bytes, now)
  }
}
