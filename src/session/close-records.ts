import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseRecord } from '../protocol/close-record.ts'
import { ConnectionLostException, WebSocketClosedException } from '../websocket/errors.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** Where the runtime keeps no record: what can be told from the status, and from what this side had begun to send. */
export function closeRecordOf(status: WsStatus, local: CloseReason | undefined): CloseRecord {
  // Without a Close frame there is none of the codes that travel, nor 1005.
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

/** The record with what the session knows of the cause, unless there is better. */
export function withCause(record: CloseRecord, failure: Error | undefined): CloseRecord {
  return failure !== undefined && isVague(record.cause) ? { ...record, cause: failure } : record
}

/** What is told to whoever still uses the session: what made it fail, or that it is closed. */
export function endError({ cause, reason }: CloseRecord): Error {
  return isVague(cause) ? new WebSocketClosedException(reason) : cause
}

/** A cause that says no more than the record does. */
function isVague(cause: Error | undefined): cause is ConnectionLostException | undefined {
  return cause === undefined || cause instanceof ConnectionLostException
}
