import { WebSocketClosedException, WebSocketConnectException } from '../errors.ts'
import { NEVER_CONNECTED } from '../never-connected.ts'
import type { WsStatus } from '../ws-status.ts'
import { isNormalEnd } from './normal-end.ts'

/** What loops throw after this end, which is not retried; `undefined` if it is no failure. */
export function failureOf(status: WsStatus, cause?: Error): Error | undefined {
  if (status.is(NEVER_CONNECTED)) return cause ?? givenUp()
  if (isNormalEnd(status.code)) return undefined
  return new WebSocketClosedException(status, undefined, cause && { cause })
}

/** The error for a client that is closed before it opens. */
export function givenUp(options?: ErrorOptions): WebSocketConnectException {
  const message = 'the client was closed before it opened'
  return new WebSocketConnectException('aborted', message, options)
}
