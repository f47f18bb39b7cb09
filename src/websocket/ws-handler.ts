import type { WsResponse } from './accept.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { UpgradeRequest } from './upgrade-request.ts'
import type { Websocket } from './websocket.ts'

/** Called once with every socket that opens: sets listeners, sends, keeps the socket for later. May be async. */
export type WsConsumer<in S extends Websocket = Websocket> = (socket: S) => unknown

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
