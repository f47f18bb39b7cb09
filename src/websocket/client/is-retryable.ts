import { WebSocketConnectException } from '../errors.ts'
import type { WsStatus } from '../ws-status.ts'

/**
 * Codes after which another connection is not wanted, or would end in the same way: a normal end, what breaks the protocol
 * or a policy (RFC 6455, section 7.4.1), and Unauthorized and Forbidden of the IANA registry.
 */
const FINAL: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1010, 3000, 3003]

/** Refusals below 500 that pass: Request Timeout, Too Early, Too Many Requests. */
const PASSING: readonly number[] = [408, 425, 429]

/** Whether trying again may help after a connection ended with this status, or could not be opened. */
export function isRetryable(status: WsStatus, cause: Error | undefined): boolean {
  if (!(cause instanceof WebSocketConnectException)) return !FINAL.includes(status.code)
  // A refusal by the server or by a proxy, where it is known.
  if ('status' in cause && typeof cause.status === 'number') {
    return cause.status >= 500 || PASSING.includes(cause.status)
  }
  return cause.stage !== 'aborted'
}
