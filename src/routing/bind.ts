import { quote } from '../protocol/errors/quote.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/support/maybe-promise.ts'
import type { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'
import type { AnyDecision } from './bound-result.ts'
import type { PathParams } from './path-params.ts'
import { joinTemplates, matchTemplate, pathTemplate } from './path-template.ts'
import type { RequestPredicate } from './predicates.ts'
import type { Route, Router } from './route.ts'

/** A `WsResponse`, or less than any handler returns. */
type Accepted = Omit<WsResponse<never>, 'consumer' | 'request'>

type AnyConsumer = Extract<AnyDecision, (socket: never) => unknown>

interface Bindable {
  // Of every `BoundResult`. As the type of a property it has no name, so that the compiler spells it out for a handler
  // that returns anything else.
  readonly result: MaybePromise<
    AnyConsumer | Accepted | WebSocketUpgrade<never> | Response | undefined
  >
}

/**
 * `R`, or `never` if the handler was refused: the compiler then takes the constraint for what it returns, and every
 * router would refuse it once more. No handler that it accepts returns as much: `Accepted` is no `WsResponse`.
 */
type Bound<R> = [Bindable['result']] extends [R] ? never : R

/**
 * Routes requests to a handler, by path template or by a predicate. A handler that answers `undefined` leaves the
 * request to the next route. A router in its place is mounted: it gets what is below the path (`/api`: `/api` itself
 * and all of `/api/`), or all for which the predicate holds.
 *
 * A template matches the path as it was sent, percent-encoded, segment by segment; `/a` and `/a/` differ.
 * - `:name` matches one segment that is not empty. Names differ, those of a mounted router's routes too.
 * - `*` at the end matches the rest, be it nothing, and is the parameter `*`; elsewhere one segment, not kept.
 * - Any other segment matches itself.
 *
 * Parameters are percent-decoded; a path in which one is malformed does not match. Throws a `TypeError` for an invalid
 * template, and for anything but a handler or a router.
 */
export function bind<const P extends string | RequestPredicate, R extends Bindable['result']>(
  path: P,
  handler: (request: UpgradeRequest<PathParams<P>>) => R,
): Route<Bound<R>>
export function bind<const P extends string | RequestPredicate, R>(
  path: P,
  handler: (request: UpgradeRequest<PathParams<P>>) => R,
): Route<R> {
  if (typeof path !== 'string') checkFunction(path, 'bind needs a path or a predicate')
  checkFunction(
    handler,
    `bind(${typeof path === 'string' ? quote(path) : 'predicate'}, handler) needs a handler or a router`,
  )
  // The matcher takes the parameters from the template, hence they are those of its type.
  const untyped = handler as (request: UpgradeRequest) => R
  if (isRouter(untyped)) {
    if (typeof path === 'function') return where(path, routerRoute('/', untyped))
    // The router may have no route whose template would be wrong with it.
    pathTemplate(path)
    return routerRoute(path, untyped)
  }
  return typeof path === 'function'
    ? where(path, templateRoute('/*', untyped))
    : templateRoute(path, untyped)
}

/**
 * The route, for those of its requests for which the predicate holds. Throws a `TypeError` for anything but a
 * predicate.
 */
export function where<R>(predicate: RequestPredicate, route: Route<R>): Route<R> {
  checkFunction(predicate, 'where needs a predicate')
  return {
    template: route.template,
    literalPath: route.literalPath,
    description: `${route.description} (if a predicate holds)`,
    match: (request) => {
      const found = route.match(request)
      return found !== undefined && holds(predicate, request) ? found : undefined
    },
    withBasePath: (base) => where(predicate, route.withBasePath(base)),
  }
}

/** A promise would count as true: routes that are guarded by one would be open to all. */
function holds(predicate: RequestPredicate, request: UpgradeRequest): boolean {
  const answer = predicate(request)
  if (isPromiseLike(answer)) throw new TypeError('a predicate of routes cannot be asynchronous')
  return answer
}

function templateRoute<R>(source: string, handler: (request: UpgradeRequest) => R): Route<R> {
  const template = pathTemplate(source)
  return {
    template: source,
    literalPath: template.literal ? source : undefined,
    description: source,
    match: (request) => {
      const params = matchTemplate(template, request.path)
      if (params === undefined) return undefined
      return {
        matched: true,
        handler: template.literal ? handler : (routed) => handler(routed.withParams(params)),
        params,
        template: source,
      }
    },
    withBasePath: (base) => templateRoute(joinTemplates(base, source), handler),
  }
}

function routerRoute<R>(base: string, router: Router<R>): Route<R> {
  const mounted = router.withBasePath(base)
  return {
    template: base,
    literalPath: undefined,
    description: joinTemplates(base, '/*'),
    match: (request) => {
      const found = mounted.match(request)
      return found.matched ? found : undefined
    },
    withBasePath: (outer) => routerRoute(joinTemplates(outer, base), router),
  }
}

function isRouter<R>(
  handler: ((request: UpgradeRequest) => R) & Partial<Router<R>>,
): handler is ((request: UpgradeRequest) => R) & Router<R> {
  return typeof handler.match === 'function' && typeof handler.withBasePath === 'function'
}
