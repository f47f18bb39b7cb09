import { InboundGauge } from '../socket/inbound-gauge.ts'
import { INBOUND_MARK } from '../socket/socket-settings.ts'
import { Fifo } from '../support/fifo.ts'
import { leavable } from '../support/leavable.ts'
import type { Websocket } from '../websocket.ts'
import type { WsMessage } from '../ws-message.ts'
import type { Received } from './ws-client.ts'

/** What one connection after another receives, as if it were one. */
export class ReceivedInTurn implements Received {
  /** What connections that have ended left behind. */
  readonly #earlier = new Fifo<WsMessage>()
  readonly #gauge = new InboundGauge(INBOUND_MARK)
  #current: Iterable<WsMessage> = []
  #end: { readonly error: Error | undefined } | undefined
  #wakers: (() => void)[] = []
  #roomWanted: (() => void) | undefined

  /** Goes on with what this connection receives. It holds its messages itself, and pauses while they are too many. */
  follow(received: Iterable<WsMessage>, socket: Websocket): void {
    this.#current = received
    socket.onMessage(() => this.#wake())
    this.#wake()
  }

  /** The connection has ended: keeps what it has left. */
  keep(): void {
    for (let left = nextOf(this.#current); left !== undefined; left = nextOf(this.#current)) {
      this.#earlier.push(left)
      this.#gauge.add(left.byteLength)
    }
    this.#current = []
  }

  /** Calls `fn` once no more than the inbound mark is left of earlier connections: if nobody reads, it must not grow. */
  whenRoom(fn: () => void): void {
    if (this.#gauge.over) this.#roomWanted = fn
    else fn()
  }

  /** No more will come; iterating ends with this error. */
  end(error: Error | undefined): void {
    this.#end = { error }
    this.#wake()
  }

  *[Symbol.iterator](): Generator<WsMessage, void, undefined> {
    for (let message = this.#take(); message !== undefined; message = this.#take()) yield message
    if (this.#end?.error !== undefined) throw this.#end.error
  }

  [Symbol.asyncIterator](): AsyncGenerator<WsMessage, void, undefined> {
    return leavable(
      () => this[Symbol.iterator](),
      () => (this.#end ? undefined : new Promise((resolve) => this.#wakers.push(resolve))),
      () => this.#wake(),
    )
  }

  #take(): WsMessage | undefined {
    const message = this.#earlier.shift()
    if (message === undefined) return nextOf(this.#current)
    this.#gauge.remove(message.byteLength)
    if (this.#roomWanted && !this.#gauge.over) {
      // Not from here: it may read what is left, which comes after this message.
      queueMicrotask(this.#roomWanted)
      this.#roomWanted = undefined
    }
    return message
  }

  #wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }
}

/** The next message that has arrived. At the end of a connection its loop throws, which does not matter here. */
function nextOf(received: Iterable<WsMessage>): WsMessage | undefined {
  try {
    for (const message of received) return message
  } catch {}
  return undefined
}
