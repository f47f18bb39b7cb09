import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import { type DefaultSessionOptions, DefaultWebSocketSessionImpl } from '../default-session.ts'
import { DelegatingWebSocketSession } from '../delegating-session.ts'
import { RawWebSocket } from '../raw-websocket.ts'
import type {
  ClientCall,
  ClientWebSocketSession,
  DefaultClientWebSocketSession,
  RawWebSocketSession,
  WebSocketSession,
} from '../session.ts'
import type { SessionOptions } from '../session-options.ts'

/** A client's socket that is open, and the head of the response that opened it. */
export interface OpenedSocket<out S extends Websocket = Websocket> {
  readonly socket: S
  readonly response: ClientCall['response']
}

/** A raw session of a client. */
export interface RawClientWebSocketSession extends RawWebSocketSession, ClientWebSocketSession {}

/** The default session of a client's socket. */
export function clientSession(
  opened: OpenedSocket,
  options?: DefaultSessionOptions,
): DefaultClientWebSocketSession {
  return Object.assign(new DefaultWebSocketSessionImpl(opened.socket, options), callOf(opened))
}

/** The raw session of a client's socket. */
export function rawClientSession(
  opened: OpenedSocket<FrameSocket>,
  options?: SessionOptions,
): RawClientWebSocketSession {
  return Object.assign(new RawWebSocket(opened.socket, options), callOf(opened))
}

function callOf({ socket, response }: OpenedSocket): { readonly call: ClientCall } {
  return { call: { request: socket.upgradeRequest, response } }
}

/** A client's session over any session and call: to change a part of one, extend this. */
export class DelegatingClientWebSocketSession
  extends DelegatingWebSocketSession
  implements ClientWebSocketSession
{
  readonly call: ClientCall

  constructor(delegate: WebSocketSession, call: ClientCall) {
    super(delegate)
    this.call = call
  }
}
