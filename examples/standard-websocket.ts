import { CloseReason, type Websocket, type WsMessage, type WsStatus } from 'antiphon'
import { type ConnectOptions, open } from 'antiphon/node'

const STATES = { connecting: 0, open: 1, closing: 2, closed: 3 } as const

/** A class as the `WebSocket` of browsers, over the client of `antiphon/node`: for libraries that ask for one. */
export class StandardWebSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3

  readonly url: string
  binaryType: 'blob' | 'arraybuffer' = 'blob'
  onopen: ((event: Event) => unknown) | null = null
  onmessage: ((event: MessageEvent) => unknown) | null = null
  onerror: ((event: Event) => unknown) | null = null
  onclose: ((event: ClosedEvent) => unknown) | null = null
  readonly #socket: Websocket

  /** Libraries give the first two; a subclass may give options, such as `headers`. */
  constructor(url: string | URL, protocols: string | string[] = [], options: ConnectOptions = {}) {
    super()
    this.#socket = open(url, { ...options, protocols }, (socket) => {
      this.#tell(new Event('open'))
      socket.onMessage((message) =>
        this.#tell(new MessageEvent('message', { data: this.#dataOf(message) })),
      )
    })
    this.url = this.#socket.upgradeRequest.url.replace('http', 'ws')
    this.#socket.onError((error) => this.#tell(new FailedEvent(error)))
    this.#socket.onClose((status) => this.#tell(new ClosedEvent(status)))
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return STATES[this.#socket.state]
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get extensions(): string {
    return this.#socket.link.extensions.map(({ name }) => name).join(', ')
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState === this.CONNECTING) {
      throw new DOMException('it is not open yet', 'InvalidStateError')
    }
    this.#socket.send(typeof data === 'string' ? data : bytesOf(data))
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(new CloseReason(code, reason))
  }

  #dataOf(message: WsMessage): string | Blob | ArrayBuffer {
    if (message.mode === 'text') return message.text()
    const bytes = message.bytes()
    return this.binaryType === 'blob' ? new Blob([bytes]) : bytes.buffer
  }

  #tell(event: Event): void {
    if (event instanceof ClosedEvent) this.onclose?.(event)
    else if (event instanceof MessageEvent) this.onmessage?.(event)
    else if (event.type === 'open') this.onopen?.(event)
    else this.onerror?.(event)
    this.dispatchEvent(event)
  }
}

/** As a `CloseEvent`, which Node before 23 has not. */
class ClosedEvent extends Event {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean

  constructor({ code, message }: WsStatus) {
    super('close')
    const connected = code !== -1
    this.code = connected ? code : 1006
    this.reason = connected ? message : ''
    this.wasClean = this.code !== 1006
  }
}

/** Says why, which browsers do not. */
class FailedEvent extends Event {
  readonly error: Error
  readonly message: string

  constructor(error: Error) {
    super('error')
    this.error = error
    this.message = error.message
  }
}

function bytesOf(data: ArrayBufferLike | ArrayBufferView | Blob): Uint8Array {
  if (data instanceof Blob) throw new TypeError('send what arrayBuffer() of the Blob resolves to')
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}
