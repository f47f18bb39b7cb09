import type { WsMessage } from '../websocket/ws-message.ts'

/** What is kept of one topic at most: messages, bytes of their contents, milliseconds. */
export interface HistoryBounds {
  readonly messages: number
  readonly bytes: number
  readonly age: number
}

/** A message by its number. Those that were published later have higher ones. */
export interface NumberedMessage {
  readonly number: number
  readonly message: WsMessage
}

interface Kept extends NumberedMessage {
  readonly at: number
}

/** The newest messages of one topic, within bounds. */
export class History {
  readonly #bounds: HistoryBounds
  /** From `first` on; before that, nothing. */
  readonly #kept: (Kept | undefined)[] = []
  #first = 0
  #bytes = 0
  /** The newest message that is not kept any more, and the newest of all. */
  #gone: number
  #newest: number

  /** Up to the number `gone`, there may have been messages. */
  constructor(bounds: HistoryBounds, gone: number) {
    this.#bounds = bounds
    this.#gone = gone
    this.#newest = gone
  }

  get newest(): number {
    return this.#newest
  }

  /** Whether nothing is kept. */
  get isEmpty(): boolean {
    return this.#oldest === undefined
  }

  add({ number, message }: NumberedMessage, now: number): void {
    this.#kept.push({ number, message, at: now })
    this.#bytes += message.byteLength
    this.#newest = number
    const { messages, bytes } = this.#bounds
    while (this.#kept.length - this.#first > messages || this.#bytes > bytes) this.#drop()
  }

  /** Drops what is too old. */
  expire(now: number): void {
    const { age } = this.#bounds
    for (let oldest = this.#oldest; oldest && now - oldest.at >= age; oldest = this.#oldest) {
      this.#drop()
    }
  }

  /** The messages with higher numbers; `undefined` unless all of them are kept. */
  after(number: number): readonly WsMessage[] | undefined {
    if (!this.reaches(number)) return undefined
    return this.#from(this.#kept.findLastIndex((kept) => !kept || kept.number <= number) + 1)
  }

  /** Whether all with higher numbers are kept. */
  reaches(number: number): boolean {
    return number >= this.#gone
  }

  /** The newest ones, at most so many. */
  last(count: number): readonly WsMessage[] {
    return this.#from(Math.max(this.#first, this.#kept.length - count))
  }

  get #oldest(): Kept | undefined {
    return this.#kept[this.#first]
  }

  #from(index: number): readonly WsMessage[] {
    const messages: WsMessage[] = []
    // By `flatMap`, it takes twenty times as long.
    for (const kept of this.#kept.slice(index)) if (kept) messages.push(kept.message)
    return messages
  }

  #drop(): void {
    const oldest = this.#oldest
    if (oldest === undefined) return
    this.#bytes -= oldest.message.byteLength
    this.#gone = oldest.number
    this.#kept[this.#first++] = undefined
    // Not for each one: among many, moving the rest takes long.
    if (this.#first * 2 < this.#kept.length) return
    this.#kept.splice(0, this.#first)
    this.#first = 0
  }
}
