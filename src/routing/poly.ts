import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { WsHandler } from '../websocket/ws-handler.ts'
import { chain, orElse } from './chain.ts'
import { checkApp } from './check-app.ts'
import { type HttpAnswer, type HttpRouter, isHttpRouter } from './http-router.ts'
import { missing } from './missing.ts'
import type { HttpHandler, PolyHandler } from './poly-handler.ts'
import { notFound } from './responses.ts'
import { rawRequest, routedRequest } from './routed-request.ts'
import { isWsRouter, type WsRouter } from './ws-router.ts'

/** What `poly` makes: its HTTP half always answers. */
export interface Poly<in S extends Websocket = Websocket> extends PolyHandler<S> {
  readonly http: HttpHandler<S>
}

/** Two handlers for `poly`; a half left out answers 404. */
export interface PolyParts<in S extends Websocket = Websocket> {
  /** What answers HTTP: any fetch-style handler. Default: a 404 for everything. */
  readonly http?: HttpHandler<S> | undefined
  /** What decides on upgrades. Default: none is taken. */
  readonly ws?: WsHandler<S> | undefined
}

const POLY_PARTS: OptionNames<PolyParts> = { http: 0, ws: 0 }

type SocketOf<R> = [R] extends [HttpRouter<infer S> | WsRouter<infer S>] ? S : never

type HttpRoute<S extends Websocket> = (request: UpgradeRequest) => MaybePromise<HttpAnswer<S>>

/**
 * One application of routers, `routes(...)` and `websockets(...)`, tried in the order given; or of
 * `{ http, ws }`, where `http` is any fetch-style handler: `honoApp.fetch`.
 *
 * A request without an upgrade, for a path that only a router of WebSockets has, gets a 426; a path that nobody has,
 * a 404. Of a fetch-style handler, a 404 counts as not having the path.
 */
export function poly<S extends Websocket = Websocket>(
  ...parts: readonly (HttpRouter<S> | WsRouter<S>)[]
): Poly<S>
export function poly<R extends readonly (HttpRouter<never> | WsRouter<never>)[]>(
  ...parts: R
): Poly<SocketOf<R[number]>>
// Last, since the compiler quotes the last overload when none fits: this one names the half that is wrong.
export function poly<S extends Websocket = Websocket>(
  part: HttpRouter<S> | WsRouter<S> | PolyParts<S>,
): Poly<S>
export function poly<S extends Websocket>(
  ...parts: readonly (HttpRouter<S> | WsRouter<S> | PolyParts<S>)[]
): Poly<S> {
  const http: HttpRoute<S>[] = []
  const ws: WsHandler<S>[] = []
  for (const part of parts) {
    checkApp(part, 'poly')
    if (typeof part !== 'function') {
      checkNames('poly()', part, POLY_PARTS)
      if (part.http !== undefined)
        http.push(isHttpRouter(part.http) ? part.http : fetched(part.http))
      if (part.ws !== undefined) ws.push(part.ws)
    } else if ('withHandshake' in part) ws.push(part)
    else http.push(part)
  }
  const wsRouters = ws.filter(isWsRouter)

  function fetched(handler: HttpHandler<S>): HttpRoute<S> {
    return (request) =>
      chain(handler(rawRequest(request)), (answer) =>
        answer instanceof WebSocketUpgrade || answer.status !== 404
          ? answer
          : missing(request, wsRouters, answer),
      )
  }

  return {
    http: (raw) => {
      const request = routedRequest(raw)
      return orElse(firstAnswer(http, request), () => missing(request, wsRouters, notFound()))
    },
    ws: ws.length === 0 ? undefined : (request) => firstAnswer(ws, request),
  }
}

function firstAnswer<T>(
  handlers: readonly ((request: UpgradeRequest) => MaybePromise<T | undefined>)[],
  request: UpgradeRequest,
  index = 0,
): MaybePromise<T | undefined> {
  const handler = handlers[index]
  if (handler === undefined) return undefined
  return orElse(handler(request), () => firstAnswer(handlers, request, index + 1))
}
