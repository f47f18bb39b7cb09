import { closeCodeProblem } from '../protocol/close-code.ts'
import { asError, WebSocketClosedException, WebSocketConnectException } from './errors.ts'
import { isPromiseLike, type MaybePromise } from './maybe-promise.ts'
import { ReceivedQueue } from './received.ts'
import { HIGH_WATER_MARK } from './socket-settings.ts'
import type { Websocket } from './websocket.ts'
import type { Received, WsClient } from './ws-client.ts'
import { WsMessage } from './ws-message.ts'
import { WsStatus } from './ws-status.ts'

export interface ClientOptions {
  /** Called when the client is given up before it opened: opening is then to fail. A socket that comes all the same is dropped. */
  readonly abandon?: (status: WsStatus) => void
  /** Above it `send` answers `false` before it is open, too. Default 64 KiB. */
  readonly highWaterMark?: number | undefined
  /** With `'frames'` nothing is there to be received: frames go to the listeners of the socket. */
  readonly mode?: 'messages' | 'frames' | undefined
}

/** The client over a socket that is open, or opening. */
export function clientOf(opening: MaybePromise<Websocket>, options: ClientOptions = {}): WsClient {
  return new SocketClient(opening, options)
}

class SocketClient implements WsClient {
  readonly opened: Promise<Websocket>
  readonly closed: Promise<WsStatus>
  readonly #received = new ReceivedQueue()
  readonly #options: ClientOptions
  #socket: Websocket | undefined
  #held: WsMessage[] = []
  #heldBytes = 0
  #closing: WsStatus | undefined
  #end: WsStatus | undefined
  #resolveClosed!: (status: WsStatus) => void

  constructor(opening: MaybePromise<Websocket>, options: ClientOptions) {
    this.#options = options
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    if (isPromiseLike(opening)) {
      this.opened = Promise.resolve(opening).then((socket) => this.#open(socket))
    } else {
      this.opened = Promise.resolve(this.#open(opening))
    }
    // Told by `received` and `closed`, too: whoever does not look at `opened` gets no unhandled rejection.
    this.opened.catch((reason: unknown) => {
      this.#received.fail(asError(reason))
      this.#ended(WsStatus.NEVER_CONNECTED)
    })
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    const end = this.#end ?? this.#closing
    if (end !== undefined) throw new WebSocketClosedException(end)
    if (this.#socket !== undefined) return this.#socket.send(message)
    const held = message instanceof WsMessage ? message : WsMessage.of(message)
    this.#held.push(held)
    this.#heldBytes += held.byteLength
    return this.#heldBytes <= (this.#options.highWaterMark ?? HIGH_WATER_MARK)
  }

  close(status: WsStatus = WsStatus.NORMAL): void {
    if (this.#socket !== undefined) {
      this.#socket.close(status)
      // The peer's half of the close handshake comes behind what nobody has taken.
      this.#received.release()
      this.#closing ??= status
    } else if (this.#end === undefined && this.#closing === undefined) {
      const problem = closeCodeProblem(status.code)
      if (problem !== undefined) throw new RangeError(problem)
      this.#closing = status
      // What is held was accepted: it is sent before.
      if (this.#held.length === 0) this.#options.abandon?.(status)
    }
  }

  terminate(): void {
    if (this.#socket !== undefined) {
      this.#socket.terminate()
    } else if (this.#end === undefined) {
      this.#held = []
      this.#closing ??= WsStatus.ABNORMAL_CLOSE
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
      throw new WebSocketConnectException('aborted', 'the client was closed before it opened')
    }
    this.#socket = socket
    if (this.#options.mode !== 'frames') this.#received.listenTo(socket)
    socket.onClose((status) => {
      this.#received.closed(status)
      this.#ended(status)
    })
    for (const message of this.#held) socket.send(message)
    this.#held = []
    if (this.#closing !== undefined) this.close(this.#closing)
    return socket
  }

  #ended(status: WsStatus): void {
    this.#end ??= status
    this.#held = []
    this.#resolveClosed(status)
  }
}
