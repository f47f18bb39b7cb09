import { WebSocketClosedException } from '../errors.ts'
import { InboundGauge } from '../socket/inbound-gauge.ts'
import { INBOUND_MARK } from '../socket/socket-settings.ts'
import { Fifo } from '../support/fifo.ts'
import { leavable } from '../support/leavable.ts'
import type { Websocket } from '../websocket.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { isNormalEnd } from './normal-end.ts'
import type { Received } from './ws-client.ts'

/** The messages that came and were not taken, and the iterations that wait for more. */
export class ReceivedQueue implements Received {
  readonly #queue = new Fifo<WsMessage>()
  /** Past the mark, reading pauses until some were taken. */
  readonly #gauge = new InboundGauge(INBOUND_MARK)
  #socket: Websocket | undefined
  #paused = false
  #released = false
  #end: { readonly error: Error | undefined } | undefined
  #wakers: (() => void)[] = []

  listenTo(socket: Websocket): void {
    this.#socket = socket
    socket.onMessage((message) => this.#push(message))
  }

  closed(status: WsStatus, cause?: Error): void {
    const failed = !isNormalEnd(status.code)
    this.fail(
      failed ? new WebSocketClosedException(status, undefined, cause && { cause }) : undefined,
    )
  }

  /** No more will come; iterating ends with this error. */
  fail(error: Error | undefined): void {
    this.#end ??= { error }
    this.#wake()
  }

  /** Never pauses again: from now on, what comes past the mark is dropped. */
  release(): void {
    this.#released = true
    this.#pause(false)
  }

  *[Symbol.iterator](): Generator<WsMessage, void, undefined> {
    for (;;) {
      const message = this.#take()
      if (message === undefined) break
      yield message
    }
    if (this.#end?.error !== undefined) throw this.#end.error
  }

  [Symbol.asyncIterator](): AsyncGenerator<WsMessage, void, undefined> {
    return leavable(
      () => this[Symbol.iterator](),
      () => (this.#end ? undefined : new Promise((resolve) => this.#wakers.push(resolve))),
      () => this.#wake(),
    )
  }

  #push(message: WsMessage): void {
    if (this.#released && this.#gauge.over) return
    this.#queue.push(message)
    this.#gauge.add(message.byteLength)
    this.#wake()
    if (this.#gauge.over && !this.#released) this.#pause(true)
  }

  #pause(on: boolean): void {
    if (on === this.#paused) return
    this.#paused = on
    const link = this.#socket?.link
    if (on) link?.pause?.()
    else link?.resume?.()
  }

  #take(): WsMessage | undefined {
    const message = this.#queue.shift()
    if (message === undefined) return undefined
    this.#gauge.remove(message.byteLength)
    if (this.#gauge.low) this.#pause(false)
    return message
  }

  #wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }
}
