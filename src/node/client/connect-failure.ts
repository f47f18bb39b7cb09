import { type ConnectStage, WebSocketConnectException } from '../../websocket/errors.ts'

/** The URL as errors show it, without its password: errors are logged. */
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

/** Finds the reason in a message of OpenSSL, most of which names places in its sources. */
const OPENSSL = /:SSL routines:[^:]*:([^:]+):/

/** What OpenSSL says when the answer is not TLS: it has read another protocol's bytes as the header of a record. */
const NOT_TLS = /^(?:wrong version number|packet length too long)$/
const NO_TLS = ' (the server seems not to speak TLS there)'

/** What an error of Node says, on one line. The error for several addresses has no message of its own. */
export function reasonOf(error: Error): string {
  const problem = OPENSSL.exec(error.message)?.[1]
  if (problem !== undefined) return `TLS failed: ${problem}${NOT_TLS.test(problem) ? NO_TLS : ''}`
  if (error.message !== '') return error.message
  if (error instanceof AggregateError) return error.errors.map(String).join('; ')
  return 'code' in error ? String(error.code) : error.name
}
