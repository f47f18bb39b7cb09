import { checkSubprotocols } from '../protocol/handshake/subprotocol.ts'
import type { HeadersInput } from '../protocol/headers/header-field.ts'
import { CHANNELS } from '../session/channel/channel-bounds.ts'
import type { DefaultSessionOptions } from '../session/default-session.ts'
import { run, start } from '../session/run.ts'
import { rawServerSession, serverSession } from '../session/server-session.ts'
import type {
  DefaultWebSocketServerSession,
  RawWebSocketSession,
  WebSocketServerSession,
} from '../session/session.ts'
import { checkSessionOptions } from '../session/session-defaults.ts'
import type { SessionOptions } from '../session/session-options.ts'
import { acceptance } from '../websocket/accept.ts'
import { ACCEPT_LIMITS, type AcceptLimits, checkLimits } from '../websocket/accept-limits.ts'
import type { Capability } from '../websocket/capability.ts'
import type { Needing, NeedOf } from '../websocket/capable.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { checkedOrigin, type OriginPolicy } from '../websocket/origin-policy.ts'
import { offers } from '../websocket/request/offered-subprotocols.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { SlowConsumerPolicy } from '../websocket/slow-consumer.ts'
import { checkFunction, wrongType } from '../websocket/support/check-function.ts'
import { checkNames, type Known, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'
import { bind } from './bind.ts'
import type { PathParams } from './path-params.ts'
import type { Route } from './route.ts'

/** What a route of sessions decides about the handshake. */
interface RouteOptions {
  /** The subprotocol: a request that does not offer it is left to the next route. Default: none is negotiated. */
  readonly protocol?: string | undefined
  /** Further headers for the 101 response. */
  readonly headers?: HeadersInput | undefined
  /** In place of the server's, for the sockets of this route. */
  readonly limits?: AcceptLimits | undefined
  /** In place of the server's policy. */
  readonly origin?: OriginPolicy | undefined
}

/** Options of `webSocket`. */
export interface SessionRouteOptions extends RouteOptions, DefaultSessionOptions {}

/** Options of `webSocketRaw`. */
export interface RawRouteOptions extends RouteOptions, SessionOptions {}

const RAW_ROUTE_OPTIONS: OptionNames<RawRouteOptions> = {
  protocol: 0,
  headers: 0,
  limits: ACCEPT_LIMITS,
  origin: 0,
  channels: CHANNELS,
  clock: 0,
  closeTimeout: 0,
}

const SESSION_ROUTE_OPTIONS: OptionNames<SessionRouteOptions> = {
  ...RAW_ROUTE_OPTIONS,
  contentConverter: 0,
  controlFrames: false,
  fragments: false,
  pingInterval: 0,
  pongTimeout: 0,
}

/** A default session of a route; its path parameters are those of the template. */
export type RoutedSession<P extends string> = DefaultWebSocketServerSession<PathParams<P>>

/** A raw session of a route. */
export type RoutedRawSession<P extends string> = RawWebSocketSession &
  WebSocketServerSession<PathParams<P>>

type SessionRoute<C extends Capability = never> = Route<WsResponse<Needing<C>> | undefined>
type RawRoute = Route<WsResponse<FrameSocket> | undefined>

/**
 * The capabilities that options need. What limits need is spelled out, as in `accept`: declarations of users would have to
 * name a type that both share, and they could not import it.
 */
type SessionNeeds<O> =
  | (O extends { readonly limits?: infer L }
      ?
          | NeedOf<L, 'maxFrameSize', number, 'frameLimits'>
          | NeedOf<L, 'maxBufferedAmount', number, 'bufferedAmount'>
          | NeedOf<L, 'slowConsumer', SlowConsumerPolicy, 'bufferedAmount'>
      : never)
  | NeedOf<O, 'pingInterval', number, 'pings'>
  | NeedOf<O, 'pongTimeout', number, 'pings'>
  | NeedOf<O, 'controlFrames', true, 'onControl'>
  | NeedOf<O, 'fragments', true, 'frames'>

/** `O` without unknown options or limits. */
type KnownOptions<O> = Known<O, SessionRouteOptions> &
  (O extends { readonly limits?: infer L }
    ? { readonly limits?: Known<NonNullable<L>, AcceptLimits> | undefined }
    : unknown)

/**
 * A route of default sessions, for `websockets(...)`. The session lives as long as its handler: it is closed with 1000
 * when the handler ends, with 1011 when it throws. Without a path it is at the root: of a router that is bound somewhere,
 * the path it is bound to. Options that not every engine can follow are in the type: pings, control frames, fragments,
 * some limits.
 */
export function webSocket(handler: (session: RoutedSession<string>) => unknown): SessionRoute
export function webSocket<O extends SessionRouteOptions>(
  options: KnownOptions<O>,
  handler: (session: RoutedSession<string>) => unknown,
): SessionRoute<SessionNeeds<O>>
export function webSocket<const P extends string>(
  path: P,
  handler: (session: RoutedSession<P>) => unknown,
): SessionRoute
export function webSocket<const P extends string, O extends SessionRouteOptions>(
  path: P,
  options: KnownOptions<O>,
  handler: (session: RoutedSession<P>) => unknown,
): SessionRoute<SessionNeeds<O>>
export function webSocket(...given: RouteArguments<SessionRouteOptions>): SessionRoute {
  const { path, options, handler } = argumentsOf(given)
  checkNames('webSocket()', options, SESSION_ROUTE_OPTIONS)
  return sessionRoute(path, options, () => handler)
}

/** A route of default sessions whose handler is made for each request, in the handshake. Ignores unknown options. */
export function sessionRoute<P extends string>(
  path: P,
  options: SessionRouteOptions,
  handlerFor: (request: UpgradeRequest<PathParams<P>>) => (session: RoutedSession<P>) => unknown,
): SessionRoute {
  checkRouteOptions(options)
  const mode = options.fragments === true ? 'fragments' : 'messages'
  return bind(path, (request) => {
    if (!offers(request, options.protocol)) return undefined
    const handler = handlerFor(request)
    const consumer = (socket: Websocket): unknown => {
      // Its request is the one that was routed here, with the parameters of the path.
      const session = serverSession(socket, options) as RoutedSession<P>
      return run(session, handler)
    }
    return acceptance(consumer, { ...options, mode })
  })
}

/** As `webSocket`, a route of raw sessions: every frame, nothing answered, no extensions. */
export function webSocketRaw(handler: (session: RoutedRawSession<string>) => unknown): RawRoute
export function webSocketRaw(
  options: RawRouteOptions,
  handler: (session: RoutedRawSession<string>) => unknown,
): RawRoute
export function webSocketRaw<const P extends string>(
  path: P,
  handler: (session: RoutedRawSession<P>) => unknown,
): RawRoute
export function webSocketRaw<const P extends string>(
  path: P,
  options: RawRouteOptions,
  handler: (session: RoutedRawSession<P>) => unknown,
): RawRoute
export function webSocketRaw(...given: RouteArguments<RawRouteOptions>): RawRoute {
  const { path, options, handler } = argumentsOf(given)
  checkNames('webSocketRaw()', options, RAW_ROUTE_OPTIONS)
  checkRouteOptions(options)
  return bind(path, (request) => {
    if (!offers(request, options.protocol)) return undefined
    const consumer = (socket: FrameSocket): unknown =>
      start(rawServerSession(socket, options), handler)
    return acceptance(consumer, { ...options, mode: 'frames' })
  })
}

/** A handler of any session: the parameters that its type promises are those of the template beside it. */
type Handler = (session: never) => unknown

type RouteArguments<O> =
  | readonly [handler: Handler]
  | readonly [pathOrOptions: string | O, handler: Handler]
  | readonly [path: string, options: O, handler: Handler]

function argumentsOf<O extends RouteOptions, S>(
  given: RouteArguments<O>,
): { path: string; options: Partial<O>; handler: (session: S) => unknown } {
  const handler = given.at(-1) as (session: S) => unknown
  checkFunction(handler, 'a route of sessions needs a handler, the last argument')
  if (given.length === 1) return { path: '/', options: {}, handler }
  if (given.length === 2 && typeof given[0] !== 'string') {
    return { path: '/', options: given[0], handler }
  }
  const [path, options] = given.length === 2 ? [given[0], {}] : given
  if (typeof path !== 'string') throw wrongType(path, 'a route of sessions needs a string as path')
  return { path, options, handler }
}

/** Throws for invalid options: when a route is made, and not only when a peer connects. */
function checkRouteOptions(options: Partial<SessionRouteOptions>): void {
  const { protocol, limits, origin } = options
  if (protocol !== undefined) {
    if (typeof protocol !== 'string')
      throw wrongType(protocol, 'the option protocol has to be a string')
    // A request can offer only tokens.
    checkSubprotocols([protocol])
  }
  checkLimits(limits)
  checkedOrigin(origin)
  checkSessionOptions(options)
}
