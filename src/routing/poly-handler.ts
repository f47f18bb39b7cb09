import type { MaybePromise } from '../websocket/maybe-promise.ts'
import type { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'

/** Any fetch-style handler: `honoApp.fetch` is one. */
export type HttpHandler = (request: Request) => MaybePromise<Response | WebSocketUpgrade>

/** HTTP and WebSockets as one value, to be served on one port. */
export interface PolyHandler<in S extends Websocket = Websocket> {
  readonly http: HttpHandler | undefined
  readonly ws: WsHandler<S> | undefined
}

/** Decorates both halves at once. */
export type PolyFilter = <S extends Websocket>(next: PolyHandler<S>) => PolyHandler<S>
