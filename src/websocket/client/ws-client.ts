// For `AsyncDisposable`, which the `lib` of most projects lacks.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Websocket } from '../websocket.ts'
import type { WsMessage } from '../ws-message.ts'
import type { WsStatus } from '../ws-status.ts'

/** The client's end of a connection, the same offline and over the wire. */
export interface WsClient extends AsyncDisposable {
  /**
   * Resolves once open, with the socket below; rejects with a `WebSocketConnectException` when opening fails, and with an
   * `OverflowException` when more was sent before than may wait.
   */
  readonly opened: Promise<Websocket>
  /** Resolves, once and always, with the status of the end; `NEVER_CONNECTED` when it never opened. */
  readonly closed: Promise<WsStatus>
  /** The negotiated subprotocol, `''` for none or not yet. */
  readonly protocol: string
  /** Sends; held until open. Throws a `WebSocketClosedException` once closed, also by this side's own `close`. */
  send(message: WsMessage | string | Uint8Array): boolean
  close(status?: WsStatus): void
  terminate(): void
  /** The messages received and not yet taken. */
  received(): Received
}

/**
 * Iterated with `for`: takes what has arrived. With `for await`: waits for more, until the connection ends.
 * The end is silent for 1000, 1001 and 1005; any other status is thrown as a `WebSocketClosedException`, whose `cause` is
 * that of the close record.
 * Leaving the loop leaves the connection open, and what was not taken for the next one.
 */
export interface Received extends Iterable<WsMessage>, AsyncIterable<WsMessage> {}
