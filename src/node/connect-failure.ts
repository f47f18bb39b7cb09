import { type ConnectStage, WebSocketConnectException } from '../websocket/errors.ts'

/** The URL as errors tell it: they are logged, and a password is not to be. */
export function shownUrl({ protocol, host, pathname, search }: URL): string {
  return `${protocol}//${host}${pathname}${search}`
}

/** The error for a connection that could not be opened. */
export function connectFailure(
  url: URL,
  stage: ConnectStage,
  reason: string,
  cause?: unknown,
): WebSocketConnectException {
  const message = `cannot connect to ${shownUrl(url)}: ${reason}`
  return new WebSocketConnectException(stage, message, { cause })
}

/** The error for an opening that was given up. */
export function aborted(url: URL, cause: unknown): WebSocketConnectException {
  return connectFailure(url, 'aborted', 'opening was aborted', cause)
}

/** What an error of Node's says; that for several addresses tried has no message of its own. */
export function reasonOf(error: Error): string {
  if (error.message !== '') return error.message
  if (error instanceof AggregateError) return error.errors.map(String).join('; ')
  return 'code' in error ? String(error.code) : error.name
}
