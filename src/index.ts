export type { AuthenticateOptions, PrincipalOptions, Verdict } from './filters/authenticate.ts'
export { authenticate } from './filters/authenticate.ts'
export { type BasicCredentials, basic } from './filters/basic.ts'
export { type BearerOptions, bearer } from './filters/bearer.ts'
export { type CatchAllOptions, catchAll } from './filters/catch-all.ts'
export { type ChaosOptions, chaos } from './filters/chaos.ts'
export { type ConnectionLimitOptions, connectionLimit } from './filters/connection-limit.ts'
export { idleTimeout } from './filters/idle-timeout.ts'
export { type LiftedFilter, type LiftOptions, liftHandshake, liftWs } from './filters/lift.ts'
export { type LifetimeOptions, maxLifetime } from './filters/max-lifetime.ts'
export { originPolicy } from './filters/origin-policy.ts'
export { type PrintOptions, printTraffic } from './filters/print-traffic.ts'
export { type OnLimit, type RateLimitOptions, rateLimit } from './filters/rate-limit.ts'
export { type RecordOptions, record } from './filters/record.ts'
export type { Volume } from './filters/report-transaction.ts'
export {
  type ReportOptions,
  reportTransaction,
  type Transaction,
} from './filters/report-transaction.ts'
export type { SecretsOptions } from './filters/secrets.ts'
export { type ChooseSubprotocol, setSubprotocol } from './filters/set-subprotocol.ts'
export type { TimeLimitOptions } from './filters/time-limit.ts'
export type { Rate } from './filters/token-bucket.ts'
export type {
  CloseEntry,
  Direction,
  ErrorEntry,
  MessageEntry,
  OpenEntry,
  TrafficEntry,
} from './filters/traffic-entry.ts'
export type { TrafficRates } from './filters/traffic-meter.ts'
export type { Format } from './format/format.ts'
export { FormatFailure } from './format/format-failure.ts'
export { json } from './format/json.ts'
export {
  type Asking,
  type AskingOptions,
  type AskOptions,
  asking,
  type Question,
} from './lens/asking.ts'
export { Body, type BodyEdit, type BodyLens } from './lens/body.ts'
export { Header } from './lens/header.ts'
export type { Lens, LensMeta, LensTarget, ReadLens } from './lens/lens.ts'
export { LensFailure, lensFailureResponse } from './lens/lens-failure.ts'
export { lensFailures } from './lens/lens-failures.ts'
export { Message } from './lens/message.ts'
export type { Answering } from './lens/open-questions.ts'
export { Path } from './lens/path.ts'
export { Query } from './lens/query.ts'
export type {
  RequestEdit,
  RequestLens,
  RequestLenses,
  RequestPart,
  RequestReader,
  RequestReaderSpec,
  RequestReaders,
  RequestSpec,
  RequestSpecs,
} from './lens/request-lens.ts'
export type { StandardSchemaV1 } from './lens/standard-schema.ts'
export type { TypedReceived, TypedWsClient } from './lens/typed-client.ts'
export type { ReceivingLens, TypedLenses, TypedWebsocket } from './lens/typed-websocket.ts'
export { CloseReason } from './protocol/close/close-reason.ts'
export type { CloseRecord } from './protocol/close/close-record.ts'
export type {
  CompressPredicate,
  DeflateConfig,
  PerMessageDeflateConfig,
} from './protocol/deflate/deflate-config.ts'
export { WebSocketExtensions } from './protocol/deflate/web-socket-extensions.ts'
export type {
  WebSocketExtension,
  WebSocketExtensionFactory,
} from './protocol/extension/extension.ts'
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
} from './protocol/frame/frame.ts'
export { FrameParser, type FrameParserOptions } from './protocol/frame/frame-parser.ts'
export { FrameType } from './protocol/frame/frame-type.ts'
export { Serializer } from './protocol/frame/serializer.ts'
export { SimpleFrameCollector } from './protocol/frame/simple-frame-collector.ts'
export type { HeadersInput } from './protocol/headers/header-field.ts'
export { bind, where } from './routing/bind.ts'
export type { AnyDecision, BoundResult } from './routing/bound-result.ts'
export { compose } from './routing/compose.ts'
export {
  type HttpAnswer,
  type HttpRouter,
  type HttpRouterMatch,
  routes,
} from './routing/http-router.ts'
export type { PathParams } from './routing/path-params.ts'
export { type Poly, type PolyParts, poly } from './routing/poly.ts'
export type { HttpFilter, HttpHandler, PolyFilter, PolyHandler } from './routing/poly-handler.ts'
export { header, method, type RequestPredicate } from './routing/predicates.ts'
export type { Matched, Route, RouterMatch } from './routing/route.ts'
export { rawRequest, routedRequest } from './routing/routed-request.ts'
export {
  type RawRouteOptions,
  type RoutedRawSession,
  type RoutedSession,
  type SessionRouteOptions,
  webSocket,
  webSocketRaw,
} from './routing/session-routes.ts'
export { type WsRouter, type WsRouterMatch, websockets } from './routing/ws-router.ts'
export { type App, type Engine, serve } from './serving/engine.ts'
export type { WebSockets } from './serving/web-sockets.ts'
export type {
  ChannelConfig,
  ChannelsConfig,
  OverflowPolicy,
  ReceiveChannel,
  ReceiveOptions,
  SendChannel,
} from './session/channel/channel.ts'
export type { OpenedSocket, RawClientWebSocketSession } from './session/client/client-session.ts'
export { DelegatingClientWebSocketSession } from './session/client/client-session.ts'
export type { SessionClientOptions } from './session/client/session-client.ts'
export type { SessionBlock } from './session/client/session-client-block.ts'
export type {
  ClientTarget,
  RequestBlock,
  RequestBuilder,
  RequestOptions,
  RequestParts,
} from './session/client/session-client-request.ts'
export type { ConvertContext, WebsocketContentConverter } from './session/content-converter.ts'
export { converterOf } from './session/converter-of.ts'
export {
  type DefaultSessionOptions,
  DefaultWebSocketSessionImpl,
} from './session/default-session.ts'
export {
  DelegatingDefaultWebSocketSession,
  DelegatingWebSocketSession,
} from './session/delegating-session.ts'
export {
  ChannelOverflowException,
  WebsocketContentConvertException,
  WebsocketConverterNotFoundException,
  WebsocketDeserializeException,
} from './session/errors.ts'
export type {
  ByteReadable,
  ByteReader,
  ByteStreams,
  ByteWritable,
  ByteWriter,
} from './session/low-level/byte-streams.ts'
export { type PingerOptions, pinger } from './session/low-level/pinger.ts'
export { ponger } from './session/low-level/ponger.ts'
export { type RawStreamOptions, rawWebSocketOver } from './session/low-level/raw-over-streams.ts'
export {
  WebSocketReader,
  type WebSocketReaderOptions,
} from './session/low-level/web-socket-reader.ts'
export {
  WebSocketWriter,
  type WebSocketWriterOptions,
} from './session/low-level/web-socket-writer.ts'
export { type OverOptions, websocketOver } from './session/low-level/websocket-over.ts'
export { RawWebSocket } from './session/raw-websocket.ts'
export { run, start } from './session/run.ts'
export { type ChunkSource, type SendStreamOptions, sendStream } from './session/send-stream.ts'
export type {
  ClientCall,
  ClientWebSocketSession,
  DefaultClientWebSocketSession,
  DefaultWebSocketServerSession,
  DefaultWebSocketSession,
  RawWebSocketSession,
  ServerCall,
  WebSocketServerSession,
  WebSocketSession,
} from './session/session.ts'
export type { SessionOptions } from './session/session-options.ts'
export { type StreamedMessage, streamedMessages } from './session/streamed-messages.ts'
export { typed } from './session/typed/typed.ts'
export type { TypedSession } from './session/typed/typed-session.ts'
export { type WebStreams, webStreams } from './session/web-streams.ts'
export type { Audience } from './topics/audience.ts'
export type { Broker } from './topics/broker.ts'
export type { HistoryOptions } from './topics/history-options.ts'
export type { HistoryTopic, Subscription, WithId } from './topics/history-topic.ts'
export type { PublishingLens } from './topics/publishing-lens.ts'
export type { SharedSubscription, SharedTopic } from './topics/shared/shared-topic.ts'
export {
  type ReplayOptions,
  type SharedTopics,
  type SharedTopicsOptions,
  sharedTopics,
} from './topics/shared/shared-topics.ts'
export type { LogEntry, TopicLog } from './topics/shared/topic-log.ts'
export type { SubscribeOptions } from './topics/subscribe-options.ts'
export type { Subscribable, Subscriber } from './topics/subscriber.ts'
export type { PublishOptions, Topic } from './topics/topic.ts'
export {
  type HistoryTopics,
  type KeepingHistory,
  type TopicOptions,
  type Topics,
  type TopicsOptions,
  topic,
  topics,
} from './topics/topics.ts'
export { type AcceptOptions, accept } from './websocket/accept.ts'
export type { AcceptLimits } from './websocket/accept-limits.ts'
export type { Capability, EngineTraits } from './websocket/capability.ts'
export { type Capable, type CapableSocket, capable } from './websocket/capable.ts'
export type { Received, WsClient } from './websocket/client/ws-client.ts'
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
export type { OriginPolicy } from './websocket/origin-policy.ts'
export { offeredSubprotocols } from './websocket/request/offered-subprotocols.ts'
export { type RequestKey, requestKey } from './websocket/request/request-key.ts'
export {
  type Params,
  type RequestPeer,
  type RequestSource,
  requestOf,
  type UpgradeRequest,
  upgradeRequest,
} from './websocket/request/upgrade-request.ts'
export type { Server, StopOptions } from './websocket/server.ts'
export type { SlowConsumerPolicy } from './websocket/slow-consumer.ts'
export type { SocketOptions } from './websocket/socket/socket-options.ts'
export type { InboundMark } from './websocket/socket/socket-settings.ts'
export type { SocketMode } from './websocket/socket-mode.ts'
export { type Clock, systemClock } from './websocket/support/clock.ts'
export type { MaybePromise } from './websocket/support/maybe-promise.ts'
export type { Websocket } from './websocket/websocket.ts'
export { WebSocketUpgrade } from './websocket/websocket-upgrade.ts'
export type {
  HandshakeFilter,
  WsConsumer,
  WsDecision,
  WsFilter,
  WsHandler,
  WsResponse,
} from './websocket/ws-handler.ts'
export type { CapableLink, PingTimes, SizeLimits, WsLink } from './websocket/ws-link.ts'
export { WsMessage, type WsMode } from './websocket/ws-message.ts'
export { WsStatus } from './websocket/ws-status.ts'

// Last: bundlers keep this order, and modules compress better next to those that they import.

export {
  type AsyncApiDocument,
  type AsyncApiOptions,
  type AsyncApiPayloads,
  asyncApi,
} from './endpoint/async-api.ts'
export { bindEndpoint, type EndpointSocketOptions } from './endpoint/bind-endpoint.ts'
export {
  connectTo,
  type EndpointRequest,
  type EndpointRequestOptions,
  requestTo,
} from './endpoint/connect-to.ts'
export {
  type Endpoint,
  type EndpointSpec,
  endpoint,
  type MessageIn,
  type MessageLens,
  type MessageOut,
} from './endpoint/endpoint.ts'
export type { AnyRequestLens, EndpointLenses, RequestLensMap } from './endpoint/endpoint-lenses.ts'
export type { EndpointInput, EndpointValues } from './endpoint/endpoint-values.ts'
export type { JsonObject } from './endpoint/json-schema.ts'
export type { NoMessages } from './endpoint/no-messages.ts'
export { type EndpointSessionOptions, webSocketEndpoint } from './endpoint/web-socket-endpoint.ts'
