import {
  type RoutedSession,
  type SessionRouteOptions,
  sessionRoute,
  type webSocket,
} from '../routing/session-routes.ts'
import { CHANNELS } from '../session/channel/channel-bounds.ts'
import { LensSession, type TypedSession } from '../session/typed/typed-session.ts'
import { ACCEPT_LIMITS, type AcceptLimits } from '../websocket/accept-limits.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { checkNames, type Known, type OptionNames } from '../websocket/support/option-names.ts'
import type { Endpoint, MessageIn, MessageLens, MessageOut } from './endpoint.ts'
import { type EndpointValues, type RequestLensMap, readValues } from './endpoint-lenses.ts'

/** Options of `webSocketEndpoint`: those of `webSocket`, without what is not a value: control frames and fragments. */
export type EndpointSessionOptions = Omit<
  SessionRouteOptions,
  'protocol' | 'controlFrames' | 'fragments'
>

const ENDPOINT_SESSION_OPTIONS: OptionNames<EndpointSessionOptions> = {
  headers: 0,
  limits: ACCEPT_LIMITS,
  origin: 0,
  channels: CHANNELS,
  clock: 0,
  closeTimeout: 0,
  contentConverter: 0,
  pingInterval: 0,
  pongTimeout: 0,
}

/** `O` without unknown options or limits. */
type KnownOptions<O> = Known<O, EndpointSessionOptions> &
  (O extends { readonly limits?: infer M }
    ? { readonly limits?: Known<NonNullable<M>, AcceptLimits> | undefined }
    : unknown)

type EndpointSessionHandler<
  P extends string,
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
> = (
  session: TypedSession<MessageOut<C>, MessageIn<S>, RoutedSession<P>>,
  values: EndpointValues<P, L>,
) => unknown

/**
 * A route for `websockets(...)`: as `webSocket`, with a typed session, and the values of the request, which are read in
 * the handshake. A request that does not offer the subprotocol of the endpoint is left to the next route.
 */
export function webSocketEndpoint<
  P extends string,
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
>(
  endpoint: Endpoint<P, L, C, S>,
  handler: EndpointSessionHandler<P, L, C, S>,
): ReturnType<typeof sessionRoute>
export function webSocketEndpoint<
  P extends string,
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
  O extends EndpointSessionOptions,
>(
  endpoint: Endpoint<P, L, C, S>,
  options: KnownOptions<O>,
  handler: EndpointSessionHandler<P, L, C, S>,
): ReturnType<typeof webSocket<P, O>>
export function webSocketEndpoint<
  P extends string,
  L extends RequestLensMap,
  C extends MessageLens,
  S extends MessageLens,
>(
  endpoint: Endpoint<P, L, C, S>,
  ...given:
    | readonly [handler: EndpointSessionHandler<P, L, C, S>]
    | readonly [options: EndpointSessionOptions, handler: EndpointSessionHandler<P, L, C, S>]
): ReturnType<typeof sessionRoute> {
  const [options, handler] = given.length === 1 ? [{}, ...given] : given
  checkFunction(handler, 'webSocketEndpoint needs a handler, the last argument')
  checkNames('webSocketEndpoint()', options, ENDPOINT_SESSION_OPTIONS)
  const { path, protocol, serverSide } = endpoint
  return sessionRoute(path, { ...options, protocol }, (request) => {
    const values = readValues(endpoint, request)
    return (session) => handler(new LensSession(session, serverSide), values)
  })
}
