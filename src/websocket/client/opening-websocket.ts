import { checkReason } from '../../protocol/close/close-code.ts'
import { LOST, NORMAL, TRY_AGAIN_LATER } from '../../protocol/close/reason.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { NEVER_CONNECTED } from '../never-connected.ts'
import { refusePings } from '../refuse-pings.ts'
import type { UpgradeRequest } from '../request/upgrade-request.ts'
import { checkListener } from '../socket/listeners.ts'
import type { SenderOptions } from '../socket/sender.ts'
import { SocketEvents } from '../socket/socket-events.ts'
import type { Websocket } from '../websocket.ts'
import type { WsConsumer } from '../ws-handler.ts'
import type { WsLink } from '../ws-link.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'
import { heldMessage, mayHold } from './opening-bound.ts'

export interface OpeningOptions extends SenderOptions {
  /** The socket's `upgradeRequest` until it is open. */
  readonly request: UpgradeRequest
  /** Called if it is closed before it opens, to make opening fail. */
  abandon(status: WsStatus): void
  /** Called with why opening failed if there is no `onError` listener, and with what listeners throw meanwhile. */
  onError(error: Error, socket: Websocket): void
}

export interface OpeningSocket extends Websocket {
  /**
   * Calls the consumer with the open socket, before anything is read. The listeners are moved to that socket first, so
   * that they hear what the consumer throws, and what came with the handshake.
   */
  handOver<S extends Websocket>(socket: S, consumer: WsConsumer<S>): unknown
}

/** Stands in for a socket that is being opened: holds messages and listeners, then passes them on to that socket. */
export function openingWebsocket(
  socket: PromiseLike<Websocket>,
  options: OpeningOptions,
): OpeningSocket {
  return new OpeningWebsocket(socket, options)
}

/** Shared by all sockets that are opening, hence frozen. */
const NO_LINK: WsLink = Object.freeze(
  refusePings<WsLink>({ extensions: Object.freeze([]) }, 'the socket is not open yet'),
)

class OpeningWebsocket implements OpeningSocket {
  readonly #options: OpeningOptions
  /** The listeners, in case it never opens. */
  readonly #events: SocketEvents
  #socket: Websocket | undefined
  /** The open socket, which has the listeners and gives the state; the rest waits until the consumer has returned. */
  #opened: Websocket | undefined
  #state: 'connecting' | 'closing' | 'closed' = 'connecting'
  #buffered = 0
  /** Messages were accepted: even if it is closed, it must open to send them. */
  #owes = false
  #abandoned = false
  /** Resolves once it is known whether it opens. */
  #decided: Promise<void> | undefined
  /** What to do with the socket once it is open, in order; listeners come first. */
  readonly #waiting = new Set<(socket: Websocket) => void>()
  readonly #listeners = new Set<(socket: Websocket) => void>()

  constructor(socket: PromiseLike<Websocket>, options: OpeningOptions) {
    this.#options = options
    this.#events = new SocketEvents(this, options.onError)
    socket.then(
      (opened) => this.#open(opened),
      (reason: unknown) => this.#fail(asError(reason)),
    )
  }

  get upgradeRequest(): UpgradeRequest {
    return this.#opened?.upgradeRequest ?? this.#options.request
  }

  get protocol(): string {
    return this.#opened?.protocol ?? ''
  }

  get state(): Websocket['state'] {
    const own = this.#socket === undefined && this.#state !== 'connecting' // closed before it took over
    return own ? this.#state : (this.#opened?.state ?? 'connecting')
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? this.#buffered
  }

  get link(): WsLink {
    return this.#opened?.link ?? NO_LINK
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    if (this.#socket !== undefined) return this.#socket.send(message)
    if (this.#state !== 'connecting') return false
    const held = heldMessage(message)
    const { byteLength } = held
    const fail = (error: Error): void => this.#overflow(error)
    if (!mayHold(this.#buffered, byteLength, this.#options, fail)) return false
    this.#buffered += byteLength
    this.#owes = true
    this.#waiting.add((socket) => socket.send(held))
    return this.#buffered <= this.#options.highWaterMark
  }

  drained(): Promise<void> {
    if (this.#socket !== undefined) return this.#socket.drained()
    if (this.#state === 'closed') return Promise.resolve()
    // One for all who wait, since each would add a listener of its own.
    this.#decided ??= new Promise((resolve) => {
      this.#waiting.add(() => resolve())
      this.#events.onClose(() => resolve())
    })
    return this.#decided.then(() => this.#socket?.drained())
  }

  close(status: WsStatus = NORMAL): void {
    if (this.#socket !== undefined) {
      this.#socket.close(status)
    } else if (this.#state === 'connecting') {
      checkReason(status)
      this.#state = 'closing'
      // If the consumer calls this, the real socket is open, and has not taken over yet.
      this.#waiting.add((socket) => socket.close(status))
      if (!this.#owes) this.#giveUp(status)
    }
  }

  terminate(): void {
    if (this.#socket !== undefined) {
      this.#socket.terminate()
    } else if (this.#state !== 'closed') {
      this.#state = 'closing'
      this.#waiting.add((socket) => socket.terminate())
      this.#giveUp(LOST)
    }
  }

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    checkListener(fn)
    return this.#listen((socket) => socket.onMessage(fn))
  }

  onError(fn: (error: Error) => unknown): () => void {
    return both(
      this.#events.onError(fn),
      this.#listen((socket) => socket.onError(fn)),
    )
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return both(
      this.#events.onClose(fn),
      this.#listen((socket) => socket.onClose(fn)),
    )
  }

  handOver<S extends Websocket>(socket: S, consumer: WsConsumer<S>): unknown {
    this.#moveListeners(socket)
    try {
      return consumer(socket)
    } finally {
      this.#open(socket)
    }
  }

  #moveListeners(socket: Websocket): void {
    this.#opened = socket
    this.#act(this.#listeners, socket)
  }

  #listen(add: (socket: Websocket) => () => void): () => void {
    if (this.#opened !== undefined) return add(this.#opened)
    let remove: (() => void) | undefined
    const later = (socket: Websocket): void => {
      remove = add(socket)
    }
    this.#listeners.add(later)
    return () => {
      this.#listeners.delete(later)
      remove?.()
    }
  }

  /** Too much was sent before opening, which has failed even if a socket opens. */
  #overflow(error: Error): void {
    this.#fail(error)
    this.#options.abandon(TRY_AGAIN_LATER)
  }

  /** Makes opening fail, unless the socket is open and its consumer runs. */
  #giveUp(status: WsStatus): void {
    if (this.#opened !== undefined) return
    this.#abandoned = true
    this.#options.abandon(status)
  }

  #open(socket: Websocket): void {
    if (this.#state === 'closed') {
      socket.terminate()
      return
    }
    this.#moveListeners(socket)
    this.#socket = socket
    this.#act(this.#waiting, socket)
  }

  #act(acts: Set<(socket: Websocket) => void>, socket: Websocket): void {
    for (const act of acts) {
      try {
        act(socket)
      } catch (thrown) {
        this.#events.report(asError(thrown))
      }
    }
    acts.clear()
  }

  /** Opening failed: a fault, unless the user gave it up. */
  #fail(error: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#buffered = 0
    this.#waiting.clear()
    this.#listeners.clear()
    if (!this.#abandoned) this.#events.fault(error)
    this.#events.ended({ reason: NEVER_CONNECTED, cause: undefined })
  }
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first()
    second()
  }
}
