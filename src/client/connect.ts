import { NORMAL } from '../protocol/reason.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import { NEVER_CONNECTED } from '../websocket/never-connected.ts'
import type { WsClient } from '../websocket/ws-client.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { ConnectOptions } from './connect-options.ts'
import { type PlatformSocket, platformWebsocket } from './platform-websocket.ts'
import { receivedMessages } from './received.ts'

/** A client over the platform's own `WebSocket`. */
export interface PlatformClient extends WsClient {
  readonly opened: Promise<PlatformSocket>
  /** As of every client, but only 1000 and 3000 to 4999 can be sent: throws a `RangeError` for any other code. */
  close(status?: WsStatus): void
}

/** Ends that `received()` does not tell. */
const SILENT: readonly number[] = [1000, 1001, 1005]

/**
 * Connects and answers with a client: `send` holds messages until it is open, `received()` iterates. Throws what the
 * platform throws for a URL or subprotocol that cannot be (a `DOMException` named `SyntaxError`), a `RangeError` for
 * another option, and a `NotSupportedException` where there is no `WebSocket`; every failure to connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): PlatformClient {
  const { socket, opened } = begin(url, options)
  const received = receivedMessages()
  let end: WsStatus | undefined
  const closed = new Promise<WsStatus>((resolve) => {
    socket.onClose((status) => {
      end = status
      if (status === NEVER_CONNECTED) received.end(socket.link.closeRecord?.cause)
      else
        received.end(
          SILENT.includes(status.code) ? undefined : new WebSocketClosedException(status),
        )
      resolve(status)
    })
  })
  socket.onMessage(received.push)
  return {
    opened,
    closed,
    get protocol() {
      return socket.protocol
    },
    send(message) {
      if (end !== undefined) throw new WebSocketClosedException(end)
      return socket.send(message)
    },
    close(status = NORMAL) {
      socket.close(status)
      end ??= status
    },
    terminate: socket.terminate,
    received: () => received,
    async [Symbol.asyncDispose]() {
      socket.close()
      await closed
    },
  }
}

/**
 * Connects and answers with a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure
 * to connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`. Throws as `connect` does.
 */
export function open(
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<PlatformSocket>,
): PlatformSocket {
  return platformWebsocket(url, options, consumer)
}

/**
 * Begins to connect. `opened` rejects with what went wrong, and raises no unhandled rejection; `use` gets the socket
 * before any of its messages, `outgoing` is for `platformWebsocket`.
 */
export function begin(
  url: string | URL,
  options: ConnectOptions,
  use?: WsConsumer<PlatformSocket>,
  outgoing?: (status: WsStatus) => WsStatus,
): { readonly socket: PlatformSocket; readonly opened: Promise<PlatformSocket> } {
  let resolve!: (socket: PlatformSocket) => void
  let reject!: (reason: unknown) => void
  const opened = new Promise<PlatformSocket>((...settle) => {
    ;[resolve, reject] = settle
  })
  const consumer = (open: PlatformSocket): void => {
    quiet()
    use?.(open)
    resolve(open)
  }
  const socket = platformWebsocket(url, options, consumer, outgoing)
  // Until it opens, nobody but who waits for that hears why it does not.
  const quiet = socket.onError(reject)
  socket.onClose(() => reject(socket.link.closeRecord?.cause))
  opened.catch(() => {})
  return { socket, opened }
}
