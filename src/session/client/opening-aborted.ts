import { WebSocketConnectException } from '../../websocket/errors.ts'

/** The error of opening for a signal that has aborted. */
export function openingAborted({ reason: cause }: AbortSignal): WebSocketConnectException {
  return new WebSocketConnectException('aborted', 'opening was aborted', { cause })
}
