import type { CloseReason } from '../protocol/close/close-reason.ts'
import type { Violation } from '../protocol/close/violation.ts'

/** The root of everything this library throws about a connection. `code` is stable. */
export class WebSocketException extends Error {
  override readonly name: string = 'WebSocketException'
  readonly code: string = 'ERR_WEBSOCKET'
}

/** Where opening a connection failed; `'unknown'` where the platform does not tell, as in browsers. */
export type ConnectStage =
  | 'unknown'
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'proxy'
  | 'http'
  | 'handshake'
  | 'timeout'
  | 'aborted'

/** A connection could not be opened; `stage` says where, `cause` why. */
export class WebSocketConnectException extends WebSocketException {
  override readonly name: string = 'WebSocketConnectException'
  override readonly code: string = 'ERR_WEBSOCKET_CONNECT'
  readonly stage: ConnectStage

  constructor(stage: ConnectStage, message: string, options?: ErrorOptions) {
    super(message, options)
    this.stage = stage
  }
}

/** The server answered the upgrade with something other than a valid 101 or, over HTTP/2, 2xx. */
export class WebSocketUpgradeException extends WebSocketConnectException {
  override readonly name: string = 'WebSocketUpgradeException'
  override readonly code: string = 'ERR_WEBSOCKET_UPGRADE'
  readonly status: number
  readonly headers: Headers
  /** At most 64 KiB of the response's body. */
  readonly body: string

  constructor(
    message: string,
    response: { readonly status: number; readonly headers: Headers; readonly body: string },
    stage: 'http' | 'handshake' = 'http',
  ) {
    super(stage, message)
    this.status = response.status
    this.headers = response.headers
    this.body = response.body
  }

  /** The same facts as a response. */
  get response(): { readonly status: number; readonly headers: Headers; readonly body: string } {
    return { status: this.status, headers: this.headers, body: this.body }
  }
}

/** The peer broke RFC 6455, or one of the limits; `reason` is what the connection closed with. */
export class WebSocketProtocolException extends WebSocketException {
  override readonly name: string = 'WebSocketProtocolException'
  override readonly code: string = 'ERR_WEBSOCKET_PROTOCOL'
  readonly reason: CloseReason

  constructor(reason: CloseReason, message: string = reason.message) {
    super(message)
    this.reason = reason
  }
}

/** A frame, or a message, was larger than the limit. */
export class FrameTooBigException extends WebSocketProtocolException {
  override readonly name: string = 'FrameTooBigException'
  override readonly code: string = 'ERR_WEBSOCKET_TOO_BIG'
  /** In bytes: what was announced or, for a message in fragments, what had come so far. */
  readonly frameSize: number

  constructor(reason: CloseReason, frameSize: number) {
    super(reason)
    this.frameSize = frameSize
  }
}

/** No Pong came within the pong timeout. */
export class PingTimeoutException extends WebSocketException {
  override readonly name: string = 'PingTimeoutException'
  override readonly code: string = 'ERR_WEBSOCKET_PING_TIMEOUT'
}

/** The connection is closed; `reason` says why, and `cause` what made it fail, where that is known. */
export class WebSocketClosedException extends WebSocketException {
  override readonly name: string = 'WebSocketClosedException'
  override readonly code: string = 'ERR_WEBSOCKET_CLOSED'
  readonly reason: CloseReason

  constructor(
    reason: CloseReason,
    message = `the connection is closed: ${reason.toString()}`,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.reason = reason
  }
}

/** The transport went away without a close handshake. */
export class ConnectionLostException extends WebSocketException {
  override readonly name: string = 'ConnectionLostException'
  override readonly code: string = 'ERR_WEBSOCKET_LOST'
}

/** More is waiting than a limit allows: a peer that reads, or a listener that works, too slowly. */
export class OverflowException extends WebSocketException {
  override readonly name: string = 'OverflowException'
  override readonly code: string = 'ERR_WEBSOCKET_OVERFLOW'
}

/** This runtime, or this mode of the socket, does not have what was asked for. */
export class NotSupportedException extends WebSocketException {
  override readonly name: string = 'NotSupportedException'
  override readonly code: string = 'ERR_WEBSOCKET_NOT_SUPPORTED'
}

/**
 * A lost connection, without a stack: one is made for every connection that breaks, and the stack would show nothing but
 * the event loop.
 */
export function connectionLost(message: string, options?: ErrorOptions): ConnectionLostException {
  const { stackTraceLimit } = Error
  // By reflection, which does not throw where `Error` is frozen.
  Reflect.set(Error, 'stackTraceLimit', 0)
  const error = new ConnectionLostException(message, options)
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  return error
}

/** What a peer did wrong, as an error. */
export function violationException(
  violation: Violation,
  reason: CloseReason,
): WebSocketProtocolException {
  return violation.size === undefined
    ? new WebSocketProtocolException(reason, violation.message)
    : new FrameTooBigException(reason, violation.size)
}
