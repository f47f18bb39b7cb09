import type { CloseReason } from '../protocol/close/close-reason.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { ConnectionLostException, WebSocketClosedException } from '../websocket/errors.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** The record where the runtime keeps none, made of the status and of the reason that this side closed with. */
export function closeRecordOf(status: WsStatus, local: CloseReason | undefined): CloseRecord {
  // Any code from 1000 on, except 1006, means that there was a Close frame.
  const clean = status.code >= 1000 && !status.is(1006)
  const initiator = local !== undefined ? 'local' : clean ? 'remote' : 'transport'
  return {
    reason: status,
    local,
    remote: clean ? status : undefined,
    initiator,
    clean,
    cause: undefined,
  }
}

/** The error for using a session that has ended: the cause, or that it is closed. */
export function endError({ cause, reason }: CloseRecord): Error {
  return isVague(cause)
    ? new WebSocketClosedException(reason, undefined, cause && { cause })
    : cause
}

/** A cause that says no more than the record does. */
function isVague(cause: Error | undefined): cause is ConnectionLostException | undefined {
  return cause === undefined || cause instanceof ConnectionLostException
}
