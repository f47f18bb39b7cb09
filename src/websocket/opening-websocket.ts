import { asError } from './errors.ts'
import type { UpgradeRequest } from './upgrade-request.ts'
import type { Websocket } from './websocket.ts'
import type { WsLink } from './ws-link.ts'
import type { WsMessage } from './ws-message.ts'
import { WsStatus } from './ws-status.ts'

/** A socket for one that is still being opened: holds what is sent and who listens, and then is that socket. */
export function openingWebsocket(
  socket: PromiseLike<Websocket>,
  request: UpgradeRequest,
  abandon: (status: WsStatus) => void,
): Websocket {
  return new OpeningWebsocket(socket, request, abandon)
}

const NO_LINK: WsLink = { extensions: [] }

class OpeningWebsocket implements Websocket {
  readonly #request: UpgradeRequest
  readonly #abandon: (status: WsStatus) => void
  #socket: Websocket | undefined
  #failed = false
  #buffered = 0
  /** What is to be done with the socket once there is one, in order. */
  #waiting: Set<(socket: Websocket) => void> = new Set()
  readonly #errors = new Set<(error: Error) => unknown>()
  readonly #closes = new Set<(status: WsStatus) => unknown>()

  constructor(
    socket: PromiseLike<Websocket>,
    request: UpgradeRequest,
    abandon: (status: WsStatus) => void,
  ) {
    this.#request = request
    this.#abandon = abandon
    socket.then(
      (opened) => this.#open(opened),
      (reason: unknown) => this.#fail(asError(reason)),
    )
  }

  get upgradeRequest(): UpgradeRequest {
    return this.#socket?.upgradeRequest ?? this.#request
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  get state(): Websocket['state'] {
    return this.#socket?.state ?? (this.#failed ? 'closed' : 'connecting')
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? this.#buffered
  }

  get link(): WsLink {
    return this.#socket?.link ?? NO_LINK
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    if (this.#socket !== undefined) return this.#socket.send(message)
    if (this.#failed) return false
    this.#buffered += typeof message === 'string' ? message.length : message.byteLength
    this.#waiting.add((socket) => socket.send(message))
    return true
  }

  drained(): Promise<void> {
    if (this.#socket !== undefined) return this.#socket.drained()
    if (this.#failed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.add((socket) => void socket.drained().then(resolve))
      this.#closes.add(() => resolve())
    })
  }

  close(status: WsStatus = WsStatus.NORMAL): void {
    if (this.#socket !== undefined) this.#socket.close(status)
    else if (!this.#failed) this.#abandon(status)
  }

  terminate(): void {
    if (this.#socket !== undefined) this.#socket.terminate()
    else this.close()
  }

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    return this.#listen((socket) => socket.onMessage(fn))
  }

  onError(fn: (error: Error) => unknown): () => void {
    this.#errors.add(fn)
    const remove = this.#listen((socket) => socket.onError(fn))
    return () => {
      this.#errors.delete(fn)
      remove()
    }
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    this.#closes.add(fn)
    const remove = this.#listen((socket) => socket.onClose(fn))
    return () => {
      this.#closes.delete(fn)
      remove()
    }
  }

  #listen(add: (socket: Websocket) => () => void): () => void {
    if (this.#socket !== undefined) return add(this.#socket)
    let remove: (() => void) | undefined
    const later = (socket: Websocket): void => {
      remove = add(socket)
    }
    this.#waiting.add(later)
    return () => {
      this.#waiting.delete(later)
      remove?.()
    }
  }

  #open(socket: Websocket): void {
    this.#socket = socket
    for (const act of this.#waiting) act(socket)
    this.#waiting.clear()
  }

  #fail(error: Error): void {
    this.#failed = true
    this.#waiting.clear()
    // As on an open socket, what a listener throws has nowhere better to go than the platform's own report.
    for (const fn of this.#errors) queueMicrotask(() => void fn(error))
    for (const fn of this.#closes) queueMicrotask(() => void fn(WsStatus.NEVER_CONNECTED))
  }
}
