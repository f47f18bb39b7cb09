export { type OpenSession, reconnectingSessions } from '../session/client/reconnecting-sessions.ts'
export type { BackoffOptions, ConnectionEnd } from '../websocket/client/backoff-options.ts'
export type { ReconnectOptions } from '../websocket/client/reconnect-options.ts'
export { type Connect, reconnecting } from '../websocket/client/reconnecting.ts'
export { type Attachment, attach, type UpgradeEmitter } from './attach.ts'
export { connect, open, openSocket } from './client/connect.ts'
export type { ConnectOptions } from './client/connect-options.ts'
export type { SocketData } from './client/data-sender.ts'
export type { Established } from './client/establish.ts'
export type { Http2Source } from './client/http2-option.ts'
export { type ProxyOptions, WebSocketProxyException } from './client/proxy.ts'
export { SessionClient, type SessionClientConfig } from './client/session-client.ts'
export type {
  EventHandler,
  SocketCloseEvent,
  SocketErrorEvent,
  StandardWebSocketEventMap,
} from './client/standard-events.ts'
export { StandardWebSocket, type StandardWebSocketOptions } from './client/standard-websocket.ts'
export { clientCertificate } from './client-certificate.ts'
export { duplex } from './duplex.ts'
export { type NodeOptions, node } from './engine.ts'
export { incomingMessage } from './incoming-message.ts'
export { type RecordFile, type RecordFileOptions, recordFile } from './record-file.ts'
export { type Unmatched, type Upgrader, type UpgraderOptions, upgrader } from './upgrader.ts'
export { createNodeZlib, type NodeZlibOptions } from './zlib/zlib-port.ts'
