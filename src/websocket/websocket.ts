import type { UpgradeRequest } from './request/upgrade-request.ts'
import type { WsLink } from './ws-link.ts'
import type { WsMessage } from './ws-message.ts'
import type { WsStatus } from './ws-status.ts'

/** A live connection of messages: what every runtime makes and everything above uses. */
export interface Websocket {
  /** The request that opened it. */
  readonly upgradeRequest: UpgradeRequest
  /** The negotiated subprotocol, `''` for none. */
  readonly protocol: string
  /** `'connecting'` only for a client's socket that is not open yet. */
  readonly state: 'connecting' | 'open' | 'closing' | 'closed'
  /** Bytes accepted by `send` and not yet handed to the transport. */
  readonly bufferedAmount: number
  /** What this connection can do beyond messages. */
  readonly link: WsLink

  /**
   * Sends one message. `true`: go on; `false`: too much waits for a peer that reads slowly, or for the connection to open
   * (wait for `drained`), or the socket is closing or closed and nothing was sent. Bytes are copied.
   */
  send(message: WsMessage | string | Uint8Array): boolean
  /** Resolves when sending may go on, and when the socket is closed. */
  drained(): Promise<void>
  /**
   * Begins the close handshake (RFC 6455, section 7.1.2); the first status wins. Without one: 1000 and no text.
   * Throws a `RangeError` for a code that cannot be sent, and does nothing once the socket is closing or closed.
   */
  close(status?: WsStatus): void
  /** Drops the connection at once: the peer sees 1006, or an empty close, 1005, where the runtime cannot drop one. */
  terminate(): void

  /**
   * Listens; returns a function that removes the listener. Every listener hears each message, in the order in which they
   * were added, even if one before it has closed or terminated the socket. A message that arrived before any listener is
   * delivered to the first one, and before `onClose` is told of an end that comes later.
   */
  onMessage(fn: (message: WsMessage) => unknown): () => void
  /** Called with what the consumer or a listener throws or rejects with, and with what made the connection fail. */
  onError(fn: (error: Error) => unknown): () => void
  /**
   * Called once, whichever side closed: 1005 for an empty close, 1006 for a lost connection. If this side has closed, its
   * own status, even if the peer does not answer.
   */
  onClose(fn: (status: WsStatus) => unknown): () => void
}
