export { CloseReason } from '../protocol/close/close-reason.ts'
export type { DefaultClientWebSocketSession } from '../session/session.ts'
export type { BackoffOptions, ConnectionEnd } from '../websocket/client/backoff-options.ts'
export type { ReconnectOptions } from '../websocket/client/reconnect-options.ts'
export { type Connect, reconnecting } from '../websocket/client/reconnecting.ts'
export type { Received, WsClient } from '../websocket/client/ws-client.ts'
export {
  NotSupportedException,
  WebSocketClosedException,
  WebSocketConnectException,
} from '../websocket/errors.ts'
export type { Websocket } from '../websocket/websocket.ts'
export type { WsConsumer } from '../websocket/ws-handler.ts'
export { WsMessage } from '../websocket/ws-message.ts'
export { WsStatus } from '../websocket/ws-status.ts'
export { connect, open, type PlatformClient } from './connect.ts'
export type { ConnectOptions, PlatformOptions } from './connect-options.ts'
export type { PlatformSocket } from './platform-websocket.ts'
export { SessionClient, type SessionClientConfig } from './session-client.ts'

// Last: bundlers keep this order, and the others compress better without it in between.

export { type OpenSession, reconnectingSessions } from '../session/client/reconnecting-sessions.ts'
