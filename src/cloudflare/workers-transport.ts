import { CloseReason } from '../protocol/close-reason.ts'
import type { Clock } from '../websocket/clock.ts'
import { asError, NotSupportedException, WebSocketProtocolException } from '../websocket/errors.ts'
import type { MessageCore } from '../websocket/message-core.ts'
import type { MessageTransport } from '../websocket/message-transport.ts'
import type { WorkersWebSocket } from './workers-runtime.ts'

/** How often the runtime, which does not tell, is asked whether it has sent, in milliseconds. */
const POLL = 5

const OPEN = 1
const CLOSING = 2

/** The server's end of a WebSocket of Workers, accepted. */
export class WorkersTransport implements MessageTransport {
  /** The server's end does not know its own. */
  readonly protocol: string
  readonly #socket: WorkersWebSocket
  readonly #clock: Clock

  constructor(socket: WorkersWebSocket, protocol: string, clock: Clock) {
    this.protocol = protocol
    this.#socket = socket
    this.#clock = clock
  }

  /** Throws a `NotSupportedException` in a request other than the one that the socket belongs to. */
  get open(): boolean {
    try {
      return this.#socket.readyState === OPEN
    } catch (thrown) {
      throw new NotSupportedException(
        'cloudflare lets a Worker use a WebSocket only in the request that opened it: sockets that meet belong in a Durable Object',
        { cause: thrown },
      )
    }
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(content)
  }

  close({ code, message }: CloseReason): void {
    this.#socket.close(code, message)
  }

  /** Workers cannot drop a connection: to the peer, this is an empty Close. */
  terminate(): void {
    this.#socket.close()
  }

  whenDrained(look: () => void): void {
    this.#clock.after(POLL, look)
  }
}

/** Tells the socket of a message. */
export function received(core: MessageCore, data: string | ArrayBuffer): void {
  core.received(typeof data === 'string' ? data : new Uint8Array(data))
}

/** Tells the socket of its end. The peer's Close is answered, where the runtime does not do so by itself. */
export function ended(
  core: MessageCore,
  socket: WorkersWebSocket,
  code: number,
  reason: string,
  wasClean: boolean,
): void {
  if (!wasClean) {
    core.ended(1006, '', false)
    return
  }
  if (socket.readyState === CLOSING) {
    if (code === 1005) socket.close()
    else socket.close(code, reason)
  }
  core.ended(code, reason, true)
}

/** Tells the socket of its end by an error: the runtime has refused what the peer sent, or the connection is lost. */
export function failed(core: MessageCore, thrown: unknown): void {
  const { message } = asError(thrown)
  const refused = /protocolError\.statusCode = (\d+); protocolError\.description = (.*)/.exec(
    message,
  )
  if (refused === null) {
    core.ended(1006, '', false)
    return
  }
  const [, code, description = ''] = refused
  const reason = CloseReason.truncated(Number(code), description)
  core.refused(reason, new WebSocketProtocolException(reason, `Workers: ${description}`))
}
