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
import type { Endpoint, MessageIn, MessageOut } from './endpoint.ts'
import { type EndpointValues, readValues } from './endpoint-values.ts'

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

type EndpointSessionHandler<E extends Endpoint> = (
  session: TypedSession<
    MessageOut<E['fromClient']>,
    MessageIn<E['fromServer']>,
    RoutedSession<E['path']>
  >,
  values: EndpointValues<E>,
) => unknown

/**
 * A route for `websockets(...)`: as `webSocket`, with a typed session, and the values of the request, which are read in
 * the handshake. A request that does not offer the subprotocol of the endpoint is left to the next route.
 */
export function webSocketEndpoint<E extends Endpoint>(
  endpoint: E,
  handler: EndpointSessionHandler<E>,
): ReturnType<typeof sessionRoute>
export function webSocketEndpoint<E extends Endpoint, O extends EndpointSessionOptions>(
  endpoint: E,
  options: KnownOptions<O>,
  handler: EndpointSessionHandler<E>,
): ReturnType<typeof webSocket<E['path'], O>>
export function webSocketEndpoint(
  endpoint: Endpoint,
  ...given:
    | readonly [handler: EndpointSessionHandler<Endpoint>]
    | readonly [options: EndpointSessionOptions, handler: EndpointSessionHandler<Endpoint>]
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
