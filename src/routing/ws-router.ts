import { forRequest } from '../websocket/accept.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction, madeByFilter } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { HandshakeFilter, WsDecision, WsFilter, WsHandler } from '../websocket/ws-handler.ts'
import { filterDecision } from './apply-filter.ts'
import type { AnyDecision } from './bound-result.ts'
import { chain } from './chain.ts'
import { filteredMatch } from './filtered-match.ts'
import type { Route, RouterMatch } from './route.ts'
import { routeTable } from './route-table.ts'

/** What the `match` of a router of WebSockets has found. */
export type WsRouterMatch<S extends Websocket = Websocket> = RouterMatch<
  MaybePromise<WsDecision<S>>
>

/** Routes upgrades; immutable. It is a `WsHandler`: `undefined` when no route took the request. */
export interface WsRouter<in S extends Websocket = Websocket> {
  (request: UpgradeRequest): MaybePromise<WsDecision<S>>
  /** Matches by path and predicates; whether the request asks for an upgrade makes no difference. */
  match(request: UpgradeRequest): WsRouterMatch<S>
  /** The same routes below `base`, which may have parameters. Throws a `TypeError` for an invalid path. */
  withBasePath(base: string): WsRouter<S>
  /**
   * The same routes, every socket behind the filter. Of two filters, the one added last is outermost. Throws a
   * `TypeError` for anything but a function, as `withHandshake` does.
   */
  withFilter(filter: WsFilter): WsRouter<S>
  /**
   * The same routes behind the filter, which sees the requests that match one of them, with the parameters of the
   * first. It is called once, at the first such request, and once more for each base path the router is put under.
   * Of two filters, the one added last is outermost.
   */
  withHandshake(filter: HandshakeFilter): WsRouter<S>
}

/** The socket that all of these routes need, however different their needs. */
type SocketOf<R> = [NeedOf<R>] extends [never]
  ? Websocket
  : NeedOf<R> extends (socket: infer S extends Websocket) => void
    ? FrameSocket extends S
      ? S extends FrameSocket
        ? FrameSocket
        : S
      : S
    : never

/** Distributes: of each route that needs more than a `Websocket`, a function of its socket. */
type NeedOf<R> =
  R extends Route<MaybePromise<WsDecision<infer S>>>
    ? Websocket extends S
      ? never
      : (socket: S) => void
    : never

/**
 * Routes upgrades to the first route that matches and does not answer `undefined`. The socket that all routes together need
 * is inferred; to state it, give the router a type: `const app: WsRouter<FrameSocket> = websockets(...)`.
 */
export function websockets<R extends readonly Route<AnyDecision>[]>(
  ...routes: R
): WsRouter<SocketOf<R[number]>>
export function websockets<S extends Websocket>(
  ...routes: readonly Route<MaybePromise<WsDecision<S>>>[]
): WsRouter<S> {
  return routerOf(routes)
}

function routerOf<S extends Websocket>(
  routes: readonly Route<MaybePromise<WsDecision<S>>>[],
): WsRouter<S> {
  return wsRouter(routeTable(routes.map(withRoutedRequest)), (base) =>
    routerOf(routes.map((route) => route.withBasePath(base))),
  )
}

export function isWsRouter<S extends Websocket>(handler: WsHandler<S>): handler is WsRouter<S> {
  return 'match' in handler && 'withHandshake' in handler
}

/** Sockets get the request as it was routed, with its parameters and all that filters put into it. */
function withRoutedRequest<S extends Websocket>(
  route: Route<MaybePromise<WsDecision<S>>>,
): Route<MaybePromise<WsDecision<S>>> {
  return {
    ...route,
    match(request) {
      const found = route.match(request)
      if (found === undefined) return undefined
      return {
        ...found,
        handler(routed) {
          const own = routed.withParams(found.params)
          return chain(found.handler(own), (decision) => forRequest(decision, own))
        },
      }
    },
  }
}

function wsRouter<S extends Websocket>(
  match: (request: UpgradeRequest) => WsRouterMatch<S>,
  withBasePath: (base: string) => WsRouter<S>,
): WsRouter<S> {
  function answer(request: UpgradeRequest): MaybePromise<WsDecision<S>> {
    // Not every application is type-checked, and a socket would match no route: clients would get a 404.
    if (typeof request.path !== 'string') {
      throw new TypeError('withHandshake needs a filter of handshakes, not of sockets')
    }
    const found = match(request)
    return found.matched ? found.handler(request) : undefined
  }
  const router: WsRouter<S> = Object.assign(answer, {
    match,
    withBasePath,
    withFilter(filter: WsFilter) {
      checkFunction(filter, 'withFilter needs a filter of sockets')
      return filtered(
        router,
        (next) => (request) => chain(next(request), (decision) => filterDecision(filter, decision)),
      )
    },
    withHandshake(filter: HandshakeFilter) {
      checkFunction(filter, 'withHandshake needs a filter of handshakes')
      return filtered(router, filter)
    },
  })
  return router
}

function filtered<S extends Websocket>(router: WsRouter<S>, filter: HandshakeFilter): WsRouter<S> {
  return wsRouter(
    filteredMatch(router.match, () => madeByFilter(filter(router), 'handler')),
    (base) => filtered(router.withBasePath(base), filter),
  )
}
