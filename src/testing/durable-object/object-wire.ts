import { CloseReason } from '../../protocol/close/close-reason.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import { WebSocketProtocolException } from '../../websocket/errors.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'

/** Hears what happens on a wire, as Workers report it. */
export interface WireListener {
  message(wire: ObjectWire, data: string | ArrayBuffer): void
  close(wire: ObjectWire, code: number, reason: string, wasClean: boolean): void
  /** Without a `close` behind it. */
  error(wire: ObjectWire, error: Error): void
  /** An error was pushed into the socket, which Workers do not have. */
  fault(wire: ObjectWire, error: Error): void
}

const STATES = { connecting: 0, open: 1, closing: 2, closed: 3 } as const

/** What Workers keep of a WebSocket of a Durable Object, whether that is in memory or not. */
export class ObjectWire {
  /** True if it was accepted to stay in memory. */
  plain = false
  /** Set if it was accepted to sleep. */
  tags: readonly string[] | undefined
  /** A clone. */
  attachment: unknown = null
  #socket: FrameSocket | undefined
  #held: ((socket: FrameSocket) => void)[] = []
  #heldBytes = 0

  get readyState(): number {
    return STATES[this.#socket?.state ?? 'open']
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? this.#heldBytes
  }

  /** Connects the wire, once the upgrade has been answered. */
  join(socket: FrameSocket, listener: WireListener): void {
    let refused = false
    this.#socket = socket
    socket.onMessage((message) => {
      const data = message.mode === 'text' ? message.text() : message.bytes().slice().buffer
      listener.message(this, data)
    })
    socket.onError((error) => {
      if (!(error instanceof WebSocketProtocolException)) return listener.fault(this, error)
      refused = true
      listener.error(this, protocolError(error))
    })
    socket.onClose(() => {
      const { remote, clean = false } = socket.link.closeRecord ?? {}
      if (!refused) listener.close(this, remote?.code ?? 1006, remote?.message ?? '', clean)
    })
    for (const action of this.#held) action(socket)
    this.#held = []
  }

  send(content: string | Uint8Array): void {
    if (this.#socket === undefined) this.#heldBytes += content.length
    this.#do((socket) => socket.send(content))
  }

  /** Without a code: an empty Close. */
  close(code: number | undefined, reason: string): void {
    this.#do((socket) => {
      if (code !== undefined) socket.close(new CloseReason(code, reason))
      else if (socket.state === 'open') socket.link.sendFrame(new Frame.Close(new Uint8Array(0)))
    })
  }

  terminate(): void {
    this.#do((socket) => socket.terminate())
  }

  #do(action: (socket: FrameSocket) => void): void {
    if (this.#socket === undefined) this.#held.push(action)
    else action(this.#socket)
  }
}

/** The error with the message that Workers give it. */
function protocolError({ reason: { code, message } }: WebSocketProtocolException): Error {
  return new Error(
    `WebSocket protocol error; protocolError.statusCode = ${code}; protocolError.description = ${message}`,
  )
}
