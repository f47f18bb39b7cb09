import type { HeadersInput } from '../protocol/headers/header-field.ts'
import type { AcceptLimits } from './accept-limits.ts'
import type { OriginPolicy } from './origin-policy.ts'
import type { UpgradeRequest } from './request/upgrade-request.ts'
import type { SocketMode } from './socket-mode.ts'
import type { MaybePromise } from './support/maybe-promise.ts'
import type { Websocket } from './websocket.ts'

/** Called once with every socket that opens: sets listeners, sends, keeps the socket for later. May be async. */
export type WsConsumer<in S extends Websocket = Websocket> = (socket: S) => unknown

/** An accepted upgrade, with what to say in the handshake. Made by `accept`. */
export interface WsResponse<in S extends Websocket = Websocket> {
  readonly consumer: WsConsumer<S>
  readonly mode: SocketMode
  readonly protocol: string | undefined
  readonly headers: HeadersInput | undefined
  readonly limits: AcceptLimits | undefined
  readonly origin: OriginPolicy | undefined
  /** What the socket has for its `upgradeRequest`; `undefined`: the request that came in. */
  readonly request: UpgradeRequest | undefined
}

/** What a handler may return: accept the upgrade, refuse it with an HTTP response, or leave it to the next route. */
export type WsDecision<S extends Websocket = Websocket> =
  | WsConsumer<S>
  | WsResponse<S>
  | Response
  | undefined

/** Decides on an upgrade. */
export type WsHandler<in S extends Websocket = Websocket> = (
  request: UpgradeRequest,
) => MaybePromise<WsDecision<S>>

/** Decorates a live socket: logging, metrics, a changed request. See `decorate`. */
export type WsFilter = (next: WsConsumer) => WsConsumer

/** Decorates the decision to upgrade: authentication, origin, subprotocol. */
export type HandshakeFilter = <S extends Websocket>(next: WsHandler<S>) => WsHandler<S>
