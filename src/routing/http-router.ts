import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction, madeByFilter } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import { orElse } from './chain.ts'
import { filteredMatch } from './filtered-match.ts'
import type { HttpHandler } from './poly-handler.ts'
import { notFound } from './responses.ts'
import type { Route, RouterMatch } from './route.ts'
import { routeTable } from './route-table.ts'
import { rawRequest, routedRequest } from './routed-request.ts'

/** What an HTTP route answers: `undefined` leaves the request to the next one. */
export type HttpAnswer<S extends Websocket = Websocket> = Response | WebSocketUpgrade<S> | undefined

/** What the `match` of a router of HTTP has found. */
export type HttpRouterMatch<S extends Websocket = Websocket> = RouterMatch<
  MaybePromise<HttpAnswer<S>>
>

/** Routes HTTP requests; immutable. It is an `HttpHandler`. */
export interface HttpRouter<in S extends Websocket = Websocket> {
  /** As a fetch-style handler: 404 when no route took the request. */
  (request: Request): MaybePromise<Response | WebSocketUpgrade<S>>
  /** As a part of another router: `undefined` when no route took the request. */
  (request: UpgradeRequest): MaybePromise<HttpAnswer<S>>
  /** Matches by path and predicates. */
  match(request: UpgradeRequest): HttpRouterMatch<S>
  /** The same routes below `base`, which may have parameters. Throws a `TypeError` for an invalid path. */
  withBasePath(base: string): HttpRouter<S>
  /**
   * The same routes behind the filter, which sees the requests that match one of them, and a 404 where all of these
   * answer `undefined`. It is called once, at the first such request, and once more for each base path the router is
   * put under. Of two filters, the one added last is outermost. Throws a `TypeError` for anything but a function.
   */
  withFilter(filter: (next: HttpHandler<S>) => HttpHandler<S>): HttpRouter<S>
}

/**
 * Routes HTTP requests to the first route that matches and does not answer `undefined`. A fetch-style handler is
 * bound as `bind('/app/*', (request) => app.fetch(request.raw))`.
 */
export function routes<S extends Websocket = Websocket>(
  ...bound: readonly Route<MaybePromise<HttpAnswer<S>>>[]
): HttpRouter<S> {
  return httpRouter(routeTable(bound), (base) =>
    routes(...bound.map((route) => route.withBasePath(base))),
  )
}

export function isHttpRouter<S extends Websocket>(
  handler: HttpHandler<S>,
): handler is HttpRouter<S> {
  return 'match' in handler && 'withFilter' in handler
}

function httpRouter<S extends Websocket>(
  match: (request: UpgradeRequest) => HttpRouterMatch<S>,
  withBasePath: (base: string) => HttpRouter<S>,
): HttpRouter<S> {
  function answer(request: Request): MaybePromise<Response | WebSocketUpgrade<S>>
  function answer(request: UpgradeRequest): MaybePromise<HttpAnswer<S>>
  function answer(request: Request | UpgradeRequest): MaybePromise<HttpAnswer<S>> {
    if (!('withParams' in request)) return orElse(answer(routedRequest(request)), notFound)
    const found = match(request)
    return found.matched ? found.handler(request) : undefined
  }
  const router: HttpRouter<S> = Object.assign(answer, {
    match,
    withBasePath,
    withFilter(filter: (next: HttpHandler<S>) => HttpHandler<S>) {
      checkFunction(filter, 'withFilter needs a filter of HTTP handlers')
      return filtered(router, filter)
    },
  })
  return router
}

function filtered<S extends Websocket>(
  router: HttpRouter<S>,
  filter: (next: HttpHandler<S>) => HttpHandler<S>,
): HttpRouter<S> {
  return httpRouter(
    filteredMatch(router.match, () => {
      const handler = madeByFilter(filter(router), 'handler')
      return (request) => handler(rawRequest(request))
    }),
    (base) => filtered(router.withBasePath(base), filter),
  )
}
