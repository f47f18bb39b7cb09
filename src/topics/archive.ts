import type { Clock } from '../websocket/support/clock.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { History, type HistoryBounds, type NumberedMessage } from './history.ts'

/** It looks for what is too old no more often than this, in milliseconds. */
const SHORTEST_INTERVAL = 1_000

/**
 * The histories of all topics of one `topics`, by name. It has those that are in use: that have subscribers or messages, or
 * had some lately. The messages of all topics are numbered together, so that of those which it has forgotten, one number is
 * enough to know.
 */
export class Archive {
  readonly #bounds: HistoryBounds
  readonly #clock: Clock
  readonly #isSubscribed: (topic: string) => boolean
  readonly #histories = new Map<string, History>()
  /** The topics that were not in use when it last looked, nor since. */
  readonly #unused = new Set<string>()
  /** Begins all ids. Made when first needed: Workers have neither time nor random numbers before there is a request. */
  #origin: string | undefined
  /** The number of the newest id, and that of the newest message that was kept. */
  #given = 0
  #newest = 0
  /** The newest message of all topics that are forgotten. */
  #forgotten = 0
  #sweepAt = Number.NEGATIVE_INFINITY
  #cancelSweep = (): void => {}

  constructor(bounds: HistoryBounds, clock: Clock, isSubscribed: (topic: string) => boolean) {
    this.#bounds = bounds
    this.#clock = clock
    this.#isSubscribed = isSubscribed
  }

  /** The id of the message that was kept last, in whichever topic: after it, nothing is missed so far. */
  get lastId(): string {
    return this.#idOf(this.#newest)
  }

  /** Makes a message with the next id. */
  compose(make: (id: string) => WsMessage): NumberedMessage {
    const number = ++this.#given
    const message = make(this.#idOf(number))
    // That one would have the higher number, and go out first.
    if (number !== this.#given) {
      throw new TypeError('a function that makes a message must not publish another one')
    }
    return { number, message }
  }

  keep(topic: string, numbered: NumberedMessage): void {
    this.open(topic).add(numbered, this.#clock.now())
    this.#newest = numbered.number
  }

  /** The history of a topic that somebody has subscribed to, or publishes to: for now, it is not forgotten. */
  open(topic: string): History {
    const history = this.#histories.get(topic) ?? new History(this.#bounds, this.#forgotten)
    this.#histories.set(topic, history)
    this.#unused.delete(topic)
    if (this.#clock.now() >= this.#sweepAt) this.#sweep()
    return history
  }

  /** What was published to the topic after the message with that id; `undefined` if that cannot be said any more. */
  after(topic: string, id: string): readonly WsMessage[] | undefined {
    const number = this.#numberOf(id)
    if (number === undefined) return undefined
    const history = this.#current(topic)
    if (history !== undefined) return history.after(number)
    return number >= this.#forgotten ? [] : undefined
  }

  /** The newest messages of the topic, at most so many. */
  last(topic: string, count: number): readonly WsMessage[] {
    return this.#current(topic)?.last(count) ?? []
  }

  #current(topic: string): History | undefined {
    const history = this.#histories.get(topic)
    history?.expire(this.#clock.now())
    return history
  }

  #idOf(number: number): string {
    // The time comes first, so that ids are higher than those before a restart.
    this.#origin ??= `${Date.now()}${padded(crypto.getRandomValues(new Uint32Array(1))[0], 10)}`
    return `${this.#origin}-${padded(number, 12)}`
  }

  /** `undefined` for an id that is of no message here: of another process, or made up. */
  #numberOf(id: string): number | undefined {
    const number = Number(id.slice(id.lastIndexOf('-') + 1))
    return number <= this.#newest && id === this.#idOf(number) ? number : undefined
  }

  /** Drops what is too old, and forgets what is not in use for the second time. Comes back as long as there is anything. */
  #sweep(): void {
    this.#cancelSweep()
    const now = this.#clock.now()
    for (const [topic, history] of this.#histories) {
      history.expire(now)
      if (!history.isEmpty || this.#isSubscribed(topic)) continue
      if (this.#unused.delete(topic)) this.#forget(topic, history)
      else this.#unused.add(topic)
    }
    if (this.#histories.size === 0) {
      this.#sweepAt = Number.NEGATIVE_INFINITY
      return
    }
    const interval = Math.max(this.#bounds.age, SHORTEST_INTERVAL)
    // Not by the timer alone: that of a Worker ends with its request.
    this.#sweepAt = now + interval
    this.#cancelSweep = this.#clock.after(interval, () => this.#sweep())
  }

  #forget(topic: string, { newest }: History): void {
    this.#histories.delete(topic)
    this.#forgotten = Math.max(this.#forgotten, newest)
  }
}

/** As long as any other, so that they compare as strings. */
function padded(number: number | undefined, length: number): string {
  return String(number).padStart(length, '0')
}
