import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'

/** Any fetch-style handler: `honoApp.fetch` is one. `S` is the socket that its upgrades need. */
export type HttpHandler<in S extends Websocket = Websocket> = (
  request: Request,
) => MaybePromise<Response | WebSocketUpgrade<S>>

/** HTTP and WebSockets as one value, to be served on one port. */
export interface PolyHandler<in S extends Websocket = Websocket> {
  readonly http: HttpHandler<S> | undefined
  readonly ws: WsHandler<S> | undefined
}

/** Decorates an HTTP handler. */
export type HttpFilter = <S extends Websocket>(next: HttpHandler<S>) => HttpHandler<S>

/** Decorates both halves at once. */
export type PolyFilter = <S extends Websocket>(next: PolyHandler<S>) => PolyHandler<S>
