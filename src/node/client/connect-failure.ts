import { type ConnectStage, WebSocketConnectException } from '../../websocket/errors.ts'

/** The URL as errors show it, without its password and its query, which may have a token: errors are logged. */
export function shownUrl({ protocol, host, pathname, search }: URL): string {
  return `${protocol}//${host}${pathname}${search && '?***'}`
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

/** Where it failed, as the error tells; otherwise the stage that was reached. */
export function stageOf(error: Error, stage: ConnectStage): ConnectStage {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns'
  // The error for several addresses has no call of its own.
  if (error instanceof AggregateError || Reflect.get(error, 'syscall') === 'connect') return 'tcp'
  if (code.startsWith('HPE_')) return 'http'
  // In TLS 1.3, a server may refuse the client's certificate after the handshake is done on this side.
  if (code.startsWith('ERR_SSL_')) return 'tls'
  return stage === 'dns' ? 'tcp' : stage
}
