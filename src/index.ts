export { CloseReason } from './protocol/close-reason.ts'
export type { CloseRecord } from './protocol/close-record.ts'
export type {
  CompressPredicate,
  DeflateConfig,
  PerMessageDeflateConfig,
} from './protocol/deflate/deflate-config.ts'
export type { WebSocketExtension, WebSocketExtensionFactory } from './protocol/extension.ts'
export {
  BinaryFrame,
  CloseFrame,
  Frame,
  PingFrame,
  PongFrame,
  readBytes,
  readReason,
  readText,
  TextFrame,
} from './protocol/frame.ts'
export { FrameType } from './protocol/frame-type.ts'
export { WebSocketExtensions } from './protocol/web-socket-extensions.ts'
export { bind, where } from './routing/bind.ts'
export { compose } from './routing/compose.ts'
export { type HttpRouter, routes } from './routing/http-router.ts'
export type { PathParams } from './routing/path-params.ts'
export { type Poly, poly } from './routing/poly.ts'
export type { HttpHandler, PolyFilter, PolyHandler } from './routing/poly-handler.ts'
export { header, method, type RequestPredicate } from './routing/predicates.ts'
export type { Route } from './routing/route.ts'
export { rawRequest, routedRequest } from './routing/routed-request.ts'
export { type WsRouter, type WsRouterMatch, websockets } from './routing/ws-router.ts'
export { type Engine, serve } from './serving/engine.ts'
export type { WebSockets } from './serving/web-sockets.ts'
export { type Clock, systemClock } from './websocket/clock.ts'
export { type Decoration, decorate } from './websocket/decorate.ts'
export {
  ConnectionLostException,
  type ConnectStage,
  FrameTooBigException,
  NotSupportedException,
  OverflowException,
  PingTimeoutException,
  WebSocketClosedException,
  WebSocketConnectException,
  WebSocketException,
  WebSocketProtocolException,
  WebSocketUpgradeException,
} from './websocket/errors.ts'
export type { FrameChannel, FrameSocket } from './websocket/frame-socket.ts'
export type { MaybePromise } from './websocket/maybe-promise.ts'
export { type RequestKey, requestKey } from './websocket/request-key.ts'
export type { Server, StopOptions } from './websocket/server.ts'
export type { SocketOptions } from './websocket/socket-options.ts'
export type { InboundMark, SlowConsumerPolicy } from './websocket/socket-settings.ts'
export {
  type Params,
  type RequestSource,
  requestOf,
  type UpgradeRequest,
  upgradeRequest,
} from './websocket/upgrade-request.ts'
export type { Websocket } from './websocket/websocket.ts'
export { WebSocketUpgrade } from './websocket/websocket-upgrade.ts'
export type { Received, WsClient } from './websocket/ws-client.ts'
export {
  type AcceptLimits,
  type AcceptOptions,
  accept,
  type HandshakeFilter,
  type OriginPolicy,
  type WsConsumer,
  type WsDecision,
  type WsFilter,
  type WsHandler,
  type WsResponse,
} from './websocket/ws-handler.ts'
export type { WsLink } from './websocket/ws-link.ts'
export { WsMessage, type WsMode } from './websocket/ws-message.ts'
export { WsStatus } from './websocket/ws-status.ts'
