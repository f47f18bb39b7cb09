import { type CloseReason, LOST } from './reason.ts'

/** Both sides of how a connection ended. */
export interface CloseRecord {
  /**
   * The reason that counted: the first one sent or received. 1005 for an empty Close frame, 1006 when the connection
   * was lost before any.
   */
  readonly reason: CloseReason
  /** What this side sent; `undefined` when it sent no Close frame. */
  readonly local: CloseReason | undefined
  /** What the peer sent; 1005 for an empty Close frame, `undefined` for none at all. */
  readonly remote: CloseReason | undefined
  /** Who began: this side, the peer, or the transport if it was lost, or dropped by `terminate`. */
  readonly initiator: 'local' | 'remote' | 'transport'
  /** Close frames went both ways. */
  readonly clean: boolean
  /** What made it fail: a protocol error, a limit, a lost connection, a missing pong. */
  readonly cause: Error | undefined
}

/** The record of an end; it is clean when both sides gave a reason. */
export function closeRecord(
  initiator: CloseRecord['initiator'],
  local: CloseReason | undefined,
  remote: CloseReason | undefined,
  cause: Error | undefined,
): CloseRecord {
  return {
    reason: (initiator === 'remote' ? remote : local) ?? LOST,
    local,
    remote,
    initiator,
    clean: local !== undefined && remote !== undefined,
    cause,
  }
}
