import { NORMAL } from '../protocol/close/reason.ts'
import { isNormalEnd } from '../websocket/client/normal-end.ts'
import type { WsClient } from '../websocket/client/ws-client.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import { NEVER_CONNECTED } from '../websocket/never-connected.ts'
import type { WsConsumer } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { ConnectOptions } from './connect-options.ts'
import { deferred } from './deferred.ts'
import { type PlatformSocket, platformWebsocket } from './platform-websocket.ts'
import { receivedMessages } from './received.ts'

/** A client over the platform's own `WebSocket`. */
export interface PlatformClient extends WsClient {
  readonly opened: Promise<PlatformSocket>
  /** As for every client, but only 1000 and 3000 to 4999 can be sent: throws a `RangeError` for any other code. */
  close(status?: WsStatus): void
}

/**
 * Connects and returns a client at once: `send` holds messages until it is open, `received()` iterates. Throws what the
 * platform throws for an invalid URL or subprotocol (a `DOMException` named `SyntaxError`) and, in some browsers, for a
 * URL that the page may not connect to (a `SecurityError`, most often), a `RangeError` for another invalid option, a
 * `TypeError` for an unknown one, and a `ReferenceError` where there is no `WebSocket` (Node before 22); every other
 * failure to connect rejects `opened`.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): PlatformClient {
  const { promise: opened, resolve, reject } = deferred<PlatformSocket>()
  // `received` and `closed` report a failure, too, so an `opened` that nobody awaits is no unhandled rejection.
  opened.catch(() => {})
  const socket = platformWebsocket(url, options, resolve, reject)
  const received = receivedMessages()
  let end: WsStatus | undefined
  socket.onClose((status) => {
    end = status
    const { cause } = socket.link.closeRecord!
    const failure =
      status === NEVER_CONNECTED
        ? cause
        : new WebSocketClosedException(status, undefined, cause && { cause })
    received.end(isNormalEnd(status.code) ? undefined : failure)
  })
  const closed = new Promise<WsStatus>(socket.onClose)
  socket.onMessage(received.push)
  return {
    opened,
    closed,
    get protocol() {
      return socket.protocol
    },
    send(message) {
      if (end) throw new WebSocketClosedException(end)
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
 * Connects and returns a socket at once, `'connecting'` at first. The consumer is called when it opens; a failure to
 * connect goes to `onError`, and then `onClose` hears `NEVER_CONNECTED`. Throws as `connect` does.
 */
export const open: (
  url: string | URL,
  options: ConnectOptions,
  consumer: WsConsumer<PlatformSocket>,
) => PlatformSocket = platformWebsocket
