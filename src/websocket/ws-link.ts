import type { CloseReason } from '../protocol/close-reason.ts'
import type { WebSocketExtension } from '../protocol/extension.ts'
import type { Frame } from '../protocol/frame.ts'

/** Both sides of how a connection ended. */
export interface CloseRecord {
  /** The reason that counted: the first Close sent or received, 1005 for an empty one, 1006 when the connection was lost. */
  readonly reason: CloseReason
  /** What this side sent; `undefined` when it sent no Close frame. */
  readonly local: CloseReason | undefined
  /** What the peer sent; 1005 for an empty Close frame, `undefined` for none at all. */
  readonly remote: CloseReason | undefined
  /** Who began: this side, the peer, or a transport that went away. */
  readonly initiator: 'local' | 'remote' | 'transport'
  /** Close frames went both ways. */
  readonly clean: boolean
  /** What made it fail: a protocol error, a limit, a lost connection, a missing pong. */
  readonly cause: Error | undefined
}

/** What a connection can do beyond messages. A member that is absent is one that this runtime cannot offer. */
export interface WsLink {
  /** Stop, and go on, reading from the transport. */
  pause?(): void
  resume?(): void
  /** Send a Ping of at most 125 bytes. */
  ping?(data?: Uint8Array): void
  /** Hear of Pongs that no ping timer was waiting for; returns its own removal. */
  onPong?(fn: (data: Uint8Array<ArrayBuffer>) => void): () => void
  /** Resolves when everything sent so far has been handed to the transport. */
  flush?(): Promise<void>
  /** Send one frame as it is, fragments and control frames too; `false` as for `send`. */
  sendFrame?(frame: Frame): boolean
  /** Hear of control frames after they have been handled; returns its own removal. */
  onControl?(fn: (frame: Frame) => void): () => void
  /** In bytes; may be changed while the connection is open. */
  limits?: { maxFrameSize: number; maxMessageSize: number }
  /** In milliseconds, 0 for none; may be changed while the connection is open. */
  pings?: { pingInterval: number; pongTimeout: number }
  /** Both sides of the end, once there is one. */
  readonly closeRecord?: CloseRecord | undefined
  /** What was negotiated, in order. */
  readonly extensions: readonly WebSocketExtension[]
}
