import { oneOf } from '../protocol/errors/one-of.ts'
import { isUpgrade } from '../protocol/handshake/server-handshake.ts'
import { filterDecision, filterResponse } from '../routing/apply-filter.ts'
import { chain } from '../routing/chain.ts'
import type { Poly } from '../routing/poly.ts'
import type { HttpFilter, HttpHandler, PolyHandler } from '../routing/poly-handler.ts'
import { notFound } from '../routing/responses.ts'
import { rawRequest, routedRequest } from '../routing/routed-request.ts'
import { acceptance } from '../websocket/accept.ts'
import { checkFunction, madeByFilter } from '../websocket/support/check-function.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { decisionOf, WebSocketUpgrade } from '../websocket/websocket-upgrade.ts'
import type { HandshakeFilter, WsDecision, WsFilter, WsHandler } from '../websocket/ws-handler.ts'

/** Options of `liftHandshake`. */
export interface LiftOptions {
  /** Which requests of the HTTP half the filter gets: all, the default, or only those that ask for a WebSocket. */
  readonly http?: (typeof REQUESTS)[number] | undefined
}

const REQUESTS = ['all', 'upgrades'] as const

const LIFT_OPTIONS: OptionNames<LiftOptions> = { http: 0 }

/** A `PolyFilter` that leaves an application the halves that it has: what `poly` makes keeps its HTTP half. */
export interface LiftedFilter {
  <S extends Websocket>(next: Poly<S>): Poly<S>
  <S extends Websocket>(next: PolyHandler<S>): PolyHandler<S>
}

/** The filter for all sockets of an application, including those that its HTTP half opens. Plain HTTP is not touched. */
export function liftWs(filter: WsFilter): LiftedFilter {
  checkFunction(filter, 'liftWs needs a filter of sockets')
  return lifted(
    (ws) => (request) => chain(ws(request), (decision) => filterDecision(filter, decision)),
    (http) => (request) =>
      chain(http(request), (answer) =>
        answer instanceof WebSocketUpgrade
          ? new WebSocketUpgrade(filterResponse(filter, answer.response))
          : answer,
      ),
  )
}

/**
 * The filter for all requests of an application: to the filter, a plain HTTP request is a handshake that the handler
 * answered with a `Response`. So authentication guards pages too, and their handlers find the principal with
 * `routedRequest(request).get(key)`; filters that are only about upgrades leave pages as they are. Throws a `RangeError`
 * for an option that is neither.
 */
export function liftHandshake(filter: HandshakeFilter, options: LiftOptions = {}): LiftedFilter {
  checkFunction(filter, 'liftHandshake needs a filter of handshakes')
  checkNames('liftHandshake()', options, LIFT_OPTIONS)
  const upgradesOnly = oneOf('http', options.http ?? 'all', REQUESTS) === 'upgrades'
  return lifted(
    (ws) => madeByFilter(filter(ws), 'handler'),
    (http) => overHttp(filter, http, upgradesOnly),
  )
}

function lifted(onWs: HandshakeFilter, onHttp: HttpFilter): LiftedFilter {
  function filter<S extends Websocket>(next: Poly<S>): Poly<S>
  function filter<S extends Websocket>(next: PolyHandler<S>): PolyHandler<S>
  function filter<S extends Websocket>({ http, ws }: PolyHandler<S>): PolyHandler<S> {
    return { ws: ws && onWs(ws), http: http && onHttp(http) }
  }
  return filter
}

function overHttp<S extends Websocket>(
  filter: HandshakeFilter,
  http: HttpHandler<S>,
  upgradesOnly: boolean,
): HttpHandler<S> {
  const handler: WsHandler<S> = (request) => chain(http(rawRequest(request)), decisionOf)
  const decide = madeByFilter(filter(handler), 'handler')
  return (raw) => {
    const request = routedRequest(raw)
    return upgradesOnly && !isUpgrade(request) ? http(raw) : chain(decide(request), answerOf)
  }
}

function answerOf<S extends Websocket>(decision: WsDecision<S>): Response | WebSocketUpgrade<S> {
  if (decision === undefined) return notFound()
  if (decision instanceof Response) return decision
  return new WebSocketUpgrade(typeof decision === 'function' ? acceptance(decision) : decision)
}
