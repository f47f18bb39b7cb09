import { checkReason } from '../../protocol/close/close-code.ts'
import { LOST, NORMAL, TRY_AGAIN_LATER } from '../../protocol/close/reason.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { WebSocketClosedException, WebSocketConnectException } from '../errors.ts'
import { NEVER_CONNECTED } from '../never-connected.ts'
import type { SenderOptions } from '../socket/sender.ts'
import { SOCKET_DEFAULTS } from '../socket/socket-settings.ts'
import type { SocketMode } from '../socket-mode.ts'
import { isPromiseLike, type MaybePromise } from '../support/maybe-promise.ts'
import type { Websocket } from '../websocket.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { heldMessage, mayHold } from './opening-bound.ts'
import { ReceivedQueue } from './received.ts'
import type { Received, WsClient } from './ws-client.ts'

/** The bounds for sending hold before it opens, too. */
export interface ClientOptions extends Partial<SenderOptions> {
  /** Called if the client is closed before it opens, to make opening fail. If a socket opens all the same, it is dropped. */
  readonly abandon?: ((status: WsStatus) => void) | undefined
  /** With any but `'messages'`, `received()` stays empty: frames go to the listeners of the socket. */
  readonly mode?: SocketMode | undefined
}

/** The client over a socket that is open, or opening. */
export function clientOf(opening: MaybePromise<Websocket>, options: ClientOptions = {}): WsClient {
  return new SocketClient(opening, options)
}

class SocketClient implements WsClient {
  readonly opened: Promise<Websocket>
  readonly closed: Promise<WsStatus>
  readonly #received = new ReceivedQueue()
  readonly #options: ClientOptions & SenderOptions
  #socket: Websocket | undefined
  #held: WsMessage[] = []
  #heldBytes = 0
  /** Set when more was sent before opening than may be held. */
  #overflow: Error | undefined
  #closing: WsStatus | undefined
  #end: WsStatus | undefined
  #resolveClosed!: (status: WsStatus) => void

  constructor(opening: MaybePromise<Websocket>, options: ClientOptions) {
    this.#options = { ...SOCKET_DEFAULTS, ...options }
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    if (isPromiseLike(opening)) {
      this.opened = Promise.resolve(opening).then(
        (socket) => this.#open(socket),
        (reason: unknown) => {
          throw this.#overflow ?? reason
        },
      )
    } else {
      this.opened = Promise.resolve(this.#open(opening))
    }
    // `received` and `closed` report it, too, so an `opened` that nobody awaits is no unhandled rejection.
    this.opened.catch((reason: unknown) => {
      this.#received.fail(asError(reason))
      this.#ended(NEVER_CONNECTED)
    })
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    const end = this.#end ?? this.#closing
    if (end !== undefined) throw new WebSocketClosedException(end)
    if (this.#socket !== undefined) return this.#socket.send(message)
    const held = heldMessage(message)
    const { byteLength } = held
    const fail = (error: Error): void => this.#fail(error)
    if (!mayHold(this.#heldBytes, byteLength, this.#options, fail)) return false
    this.#held.push(held)
    this.#heldBytes += byteLength
    return this.#heldBytes <= this.#options.highWaterMark
  }

  close(status: WsStatus = NORMAL): void {
    if (this.#socket !== undefined) {
      this.#socket.close(status)
      // If reading is paused, since nobody takes messages, the peer's Close would not be read.
      this.#received.release()
      this.#closing ??= status
    } else if (this.#end === undefined && this.#closing === undefined) {
      checkReason(status)
      this.#closing = status
      // If messages were accepted, opening goes on, and they are sent first.
      if (this.#held.length === 0) this.#options.abandon?.(status)
    }
  }

  terminate(): void {
    if (this.#socket !== undefined) {
      this.#socket.terminate()
    } else if (this.#end === undefined) {
      this.#held = []
      this.#closing ??= LOST
      this.#options.abandon?.(this.#closing)
    }
  }

  received(): Received {
    return this.#received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.closed
  }

  #open(socket: Websocket): Websocket {
    if (this.#closing !== undefined && this.#held.length === 0) {
      socket.terminate()
      if (this.#overflow !== undefined) throw this.#overflow
      throw new WebSocketConnectException('aborted', 'the client was closed before it opened')
    }
    this.#socket = socket
    if ((this.#options.mode ?? 'messages') === 'messages') this.#received.listenTo(socket)
    socket.onClose((status) => {
      this.#received.closed(status, socket.link.closeRecord?.cause)
      this.#ended(status)
    })
    for (const message of this.#held) socket.send(message)
    this.#held = []
    if (this.#closing !== undefined) this.close(this.#closing)
    return socket
  }

  /** Opening fails with this. */
  #fail(overflow: Error): void {
    this.#overflow = overflow
    this.#held = []
    this.#closing = TRY_AGAIN_LATER
    this.#options.abandon?.(this.#closing)
  }

  #ended(status: WsStatus): void {
    this.#end ??= status
    this.#held = []
    this.#resolveClosed(status)
  }
}
