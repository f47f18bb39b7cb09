import { MAX_BUFFERED_AMOUNT } from '../websocket/socket/socket-settings.ts'
import { Fifo } from '../websocket/support/fifo.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { sizeOf } from './member.ts'
import type { Report } from './report.ts'

/** A message, and who is told what goes wrong with it. */
export interface Outgoing {
  readonly message: WsMessage
  readonly failed: Report
}

/** What a member has yet to be sent of a topic: what it has missed, and behind that what is published meanwhile. */
export class Replay {
  /** Resolves once this is over: to whether the member was sent all of it. */
  readonly over: Promise<boolean>
  #settle: ((all: boolean) => void) | undefined
  #missed: readonly WsMessage[]
  #published = new Fifo<Outgoing>()
  readonly #failed: Report
  #next = 0
  #bytes = 0

  constructor(missed: readonly WsMessage[], failed: Report) {
    this.#missed = missed
    this.#failed = failed
    this.over = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** The next to be sent; `undefined` if there is none, and once this is over. */
  next(): Outgoing | undefined {
    const message = this.#missed[this.#next]
    if (message !== undefined) {
      this.#next++
      return { message, failed: this.#failed }
    }
    const published = this.#published.shift()
    if (published !== undefined) this.#bytes -= sizeOf(published.message)
    return published
  }

  get isEmpty(): boolean {
    return this.#next >= this.#missed.length && this.#published.length === 0
  }

  /** False if so much has been published meanwhile that it takes no more. */
  add(published: Outgoing): boolean {
    this.#bytes += sizeOf(published.message)
    this.#published.push(published)
    return this.#bytes <= MAX_BUFFERED_AMOUNT
  }

  /** Lets go of what is left: a peer that takes nothing may hold this for long. */
  end(all: boolean): void {
    this.#missed = []
    this.#published = new Fifo()
    this.#settle?.(all)
  }
}
