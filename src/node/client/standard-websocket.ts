import { CloseReason, NORMAL } from '../../protocol/close/reason.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { clientUrl } from '../../protocol/handshake/client-url.ts'
import { checkSubprotocols } from '../../protocol/handshake/subprotocol.ts'
import { isPageCode } from '../../websocket/page-codes.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import { CLIENT_OPTIONS, open } from './connect.ts'
import type { ConnectOptions } from './connect-options.ts'
import { contentOf, DataSender, type SocketData, sizeOf } from './data-sender.ts'
import {
  type EventHandler,
  HandlerAttribute,
  SocketCloseEvent,
  SocketErrorEvent,
  type StandardWebSocketEventMap,
} from './standard-events.ts'

/** How a `StandardWebSocket` connects: as `connect` does. The subprotocols are an argument of their own. */
export interface StandardWebSocketOptions extends Omit<ConnectOptions, 'protocols' | 'mode'> {}

const { protocols: _, ...OTHERS } = CLIENT_OPTIONS
const OPTIONS: OptionNames<StandardWebSocketOptions> = { ...OTHERS, signal: 0 }

type Listener = Parameters<EventTarget['addEventListener']>[1]
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2]

const STATES = { connecting: 0, open: 1, closing: 2, closed: 3 } as const

/** The end that is told when the server has not said why. */
const LOST = { code: 1006, message: '' }

/**
 * The platform's class `WebSocket` (WHATWG WebSockets Standard) over the client of `antiphon/node`, for libraries that ask
 * for one. The third argument has the options of `connect`, such as `headers`; a subclass can set them. The event `error`
 * says why, in `error` and `message`.
 *
 * Throws a `DOMException`, a `SyntaxError`, for an invalid URL or subprotocol, and what `connect` throws for options.
 */
export class StandardWebSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3

  /** As it was parsed, with the scheme `ws:` or `wss:`. */
  readonly url: string
  readonly #origin: string
  readonly #socket: Websocket
  readonly #sender: DataSender
  readonly #onopen = new HandlerAttribute<Event>(this, 'open')
  readonly #onmessage = new HandlerAttribute<MessageEvent>(this, 'message')
  readonly #onerror = new HandlerAttribute<Event>(this, 'error')
  readonly #onclose = new HandlerAttribute<SocketCloseEvent>(this, 'close')
  #binaryType: 'blob' | 'arraybuffer' = 'blob'
  #closing = false
  #failure: Error | undefined
  /** Bytes that were sent too late. */
  #late = 0

  constructor(
    url: string | URL,
    protocols: string | string[] = [],
    options: StandardWebSocketOptions = {},
  ) {
    super()
    checkNames('StandardWebSocket', options, OPTIONS)
    const offered = typeof protocols === 'string' ? [protocols] : [...protocols]
    const parsed = withSyntaxErrors(() => {
      checkSubprotocols(offered)
      return clientUrl(url)
    })
    parsed.protocol = parsed.protocol.replace('http', 'ws')
    this.url = parsed.href
    this.#origin = parsed.origin
    this.#socket = open(parsed, { ...options, protocols: offered }, (socket) => {
      if (offered.length > 0 && socket.protocol === '') {
        this.#fail(new Error('the server has chosen none of the subprotocols that were offered'))
      }
      if (this.#failure !== undefined) return
      socket.onMessage((message) => this.#receive(message))
      this.dispatchEvent(new Event('open'))
    })
    this.#sender = new DataSender(this.#socket, (error) => this.#fail(error))
    this.#socket.onError((error) => {
      this.#failure ??= error
    })
    this.#socket.onClose(() => this.#end())
  }

  get [Symbol.toStringTag](): string {
    return 'WebSocket'
  }

  get readyState(): 0 | 1 | 2 | 3 {
    const state = STATES[this.#socket.state]
    return this.#closing && state !== this.CLOSED ? this.CLOSING : state
  }

  /** Bytes that were sent and not yet handed to the system, with what the protocol adds to them. */
  get bufferedAmount(): number {
    return this.#late + this.#sender.waiting + this.#socket.bufferedAmount
  }

  /** The names of the extensions that were negotiated. */
  get extensions(): string {
    return this.#socket.link.extensions.map(({ name }) => name).join(', ')
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  /** What the `data` of a binary message is. */
  get binaryType(): 'blob' | 'arraybuffer' {
    return this.#binaryType
  }

  set binaryType(type: 'blob' | 'arraybuffer') {
    // As everywhere on the platform, an unknown value changes nothing.
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type
  }

  get onopen(): EventHandler<Event> {
    return this.#onopen.handler
  }

  set onopen(handler: EventHandler<Event>) {
    this.#onopen.handler = handler
  }

  get onmessage(): EventHandler<MessageEvent> {
    return this.#onmessage.handler
  }

  set onmessage(handler: EventHandler<MessageEvent>) {
    this.#onmessage.handler = handler
  }

  get onerror(): EventHandler<Event> {
    return this.#onerror.handler
  }

  set onerror(handler: EventHandler<Event>) {
    this.#onerror.handler = handler
  }

  get onclose(): EventHandler<SocketCloseEvent> {
    return this.#onclose.handler
  }

  set onclose(handler: EventHandler<SocketCloseEvent>) {
    this.#onclose.handler = handler
  }

  override addEventListener<K extends keyof StandardWebSocketEventMap>(
    type: K,
    listener: (event: StandardWebSocketEventMap[K]) => unknown,
    options?: ListenerOptions,
  ): void
  override addEventListener(type: string, listener: Listener, options?: ListenerOptions): void
  override addEventListener(type: string, listener: Listener, options?: ListenerOptions): void {
    super.addEventListener(type, listener, options)
  }

  override removeEventListener<K extends keyof StandardWebSocketEventMap>(
    type: K,
    listener: (event: StandardWebSocketEventMap[K]) => unknown,
    options?: ListenerOptions,
  ): void
  override removeEventListener(type: string, listener: Listener, options?: ListenerOptions): void
  override removeEventListener(type: string, listener: Listener, options?: ListenerOptions): void {
    super.removeEventListener(type, listener, options)
  }

  /** Does nothing once it is closing or closed. Throws an `InvalidStateError` before it is open. */
  send(data: SocketData): void {
    const { readyState } = this
    if (readyState === this.CONNECTING) {
      throw new DOMException('the connection is not open yet', 'InvalidStateError')
    }
    const content = contentOf(data)
    if (readyState === this.OPEN) this.#sender.send(content)
    else this.#late += sizeOf(content)
  }

  /**
   * Closes after what was sent; before it is open, it never opens. Without a code, none is sent: the event has 1005. Throws
   * an `InvalidAccessError` for a code other than 1000 and 3000 to 4999, and a `SyntaxError` for a reason of more than 123
   * bytes.
   */
  close(code?: number, reason = ''): void {
    // Not every caller is type-checked, and the standard makes a number and a string of whatever comes.
    const sent = code === undefined ? code : Number(code)
    const text = `${reason}`
    if (sent !== undefined && !isPageCode(sent)) {
      const message = `the close code ${code} cannot be sent: use 1000, or 3000 to 4999`
      throw new DOMException(message, 'InvalidAccessError')
    }
    const empty = sent === undefined && text === ''
    const status = empty
      ? undefined
      : withSyntaxErrors(() => new CloseReason(sent ?? NORMAL.code, text))
    if (this.readyState >= this.CLOSING) return
    if (this.readyState === this.CONNECTING) {
      this.#failure = new Error('the connection was closed before it opened')
    }
    this.#closing = true
    this.#sender.close(status)
  }

  #receive(message: WsMessage): void {
    if (this.readyState !== this.OPEN) return
    const data = this.#dataOf(message)
    this.dispatchEvent(new MessageEvent('message', { data, origin: this.#origin }))
  }

  #dataOf(message: WsMessage): string | Blob | ArrayBuffer {
    if (message.mode === 'text') return message.text()
    const bytes = message.bytes()
    return this.#binaryType === 'blob' ? new Blob([bytes]) : bytes.buffer
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#socket.terminate()
  }

  #end(): void {
    const { closeRecord: record } = this.#socket.link
    // It counts as failed without a Close, too (RFC 6455, section 7.2.1).
    const dropped = record?.remote === undefined ? record?.cause : undefined
    const failure = this.#failure ?? dropped
    if (failure !== undefined) this.dispatchEvent(new SocketErrorEvent(failure))
    const { code, message } = (failure === undefined && record?.remote) || LOST
    const wasClean = failure === undefined && record?.clean === true
    this.dispatchEvent(new SocketCloseEvent(code, message, wasClean))
  }
}

/** Calls a function, and throws its errors as what the platform calls a `SyntaxError`. */
function withSyntaxErrors<T>(call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    throw new DOMException(asError(thrown).message, 'SyntaxError')
  }
}
