import { TypedSocket, type TypedWebsocket } from '../lens/typed-websocket.ts'
import { bind } from '../routing/bind.ts'
import { chain } from '../routing/chain.ts'
import type { PathParams } from '../routing/path-params.ts'
import type { Route } from '../routing/route.ts'
import { type AcceptOptions, acceptance } from '../websocket/accept.ts'
import { ACCEPT_LIMITS, type AcceptLimits, checkLimits } from '../websocket/accept-limits.ts'
import type { Needing, NeedOf } from '../websocket/capable.ts'
import { checkedOrigin } from '../websocket/origin-policy.ts'
import { offers } from '../websocket/request/offered-subprotocols.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { SlowConsumerPolicy } from '../websocket/slow-consumer.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames, type Known, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsDecision } from '../websocket/ws-handler.ts'
import type { Endpoint, MessageIn, MessageOut } from './endpoint.ts'
import { type EndpointValues, readValues } from './endpoint-values.ts'

/** Options of `bindEndpoint`: those of `accept` that are not the endpoint's own. */
export type EndpointSocketOptions = Omit<AcceptOptions, 'protocol' | 'mode'>

const ENDPOINT_SOCKET_OPTIONS: OptionNames<EndpointSocketOptions> = {
  headers: 0,
  limits: ACCEPT_LIMITS,
  origin: 0,
}

/** Takes the upgrade with a consumer of typed sockets, refuses it, or leaves it to the next route. */
type EndpointHandler<E extends Endpoint, K extends Websocket> = (
  values: EndpointValues<E>,
  request: UpgradeRequest<PathParams<E['path']>>,
) => MaybePromise<
  | ((
      socket: TypedWebsocket<MessageOut<E['fromClient']>, MessageIn<E['fromServer']>, K>,
    ) => unknown)
  | Response
  | undefined
>

/** What limits need is spelled out, as in `accept`: declarations of users could not import its name. */
type LimitNeeds<M> =
  | NeedOf<M, 'maxFrameSize', number, 'frameLimits'>
  | NeedOf<M, 'maxBufferedAmount', number, 'bufferedAmount'>
  | NeedOf<M, 'slowConsumer', SlowConsumerPolicy, 'bufferedAmount'>

/** `M` without unknown limits. */
type KnownLimits<M> = Known<M, AcceptLimits>

type EndpointRoute<K extends Websocket, M = unknown> = Route<
  MaybePromise<WsDecision<Needing<LimitNeeds<M>, K>>>
>

/**
 * A route for `websockets(...)`: as `bind`, with the values of the request, read before the handler is called, and with
 * typed sockets. A request that does not offer the subprotocol of the endpoint is left to the next route.
 */
export function bindEndpoint<E extends Endpoint, K extends Websocket = Websocket>(
  endpoint: E,
  handler: EndpointHandler<E, K>,
): EndpointRoute<K>
export function bindEndpoint<
  E extends Endpoint,
  K extends Websocket = Websocket,
  M extends AcceptLimits = Record<never, never>,
>(
  endpoint: E,
  options: EndpointSocketOptions & { readonly limits?: KnownLimits<M> | undefined },
  handler: EndpointHandler<E, K>,
): EndpointRoute<K, M>
export function bindEndpoint<K extends Websocket>(
  endpoint: Endpoint,
  ...given:
    | readonly [handler: EndpointHandler<Endpoint, K>]
    | readonly [options: EndpointSocketOptions, handler: EndpointHandler<Endpoint, K>]
): Route<MaybePromise<WsDecision<K>>> {
  const [options, handler] = given.length === 1 ? [{}, ...given] : given
  checkFunction(handler, 'bindEndpoint needs a handler, the last argument')
  checkNames('bindEndpoint()', options, ENDPOINT_SOCKET_OPTIONS)
  checkLimits(options.limits)
  checkedOrigin(options.origin)
  const { path, protocol, serverSide } = endpoint
  return bind(path, (request): MaybePromise<WsDecision<K>> => {
    if (!offers(request, protocol)) return undefined
    return chain(handler(readValues(endpoint, request), request), (decision) =>
      typeof decision === 'function'
        ? acceptance((socket: K) => decision(new TypedSocket(socket, serverSide)), {
            ...options,
            protocol,
          })
        : decision,
    )
  })
}
