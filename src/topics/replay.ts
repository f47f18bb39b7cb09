import { MAX_BUFFERED_AMOUNT } from '../websocket/socket/socket-settings.ts'
import { Fifo } from '../websocket/support/fifo.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { PLACE } from './member.ts'

/** What a member has yet to be sent of a topic: what it has missed, and behind that what is published meanwhile. */
export class Replay {
  readonly #missed: readonly WsMessage[]
  readonly #published = new Fifo<WsMessage>()
  readonly #stays: () => boolean
  #next = 0
  #bytes = 0

  /** `stays` returns false once the member has left: even if it comes back, this is over. */
  constructor(missed: readonly WsMessage[], stays: () => boolean) {
    this.#missed = missed
    this.#stays = stays
  }

  /** How many messages wait. */
  get length(): number {
    return this.#stays() ? this.#missed.length - this.#next + this.#published.length : 0
  }

  next(): WsMessage | undefined {
    if (this.length === 0) return undefined
    if (this.#next < this.#missed.length) return this.#missed[this.#next++]
    const message = this.#published.shift()!
    this.#bytes -= message.byteLength + PLACE
    return message
  }

  /** False if so much has been published meanwhile that it takes no more. */
  add(message: WsMessage): boolean {
    this.#bytes += message.byteLength + PLACE
    this.#published.push(message)
    return this.#bytes <= MAX_BUFFERED_AMOUNT
  }
}
