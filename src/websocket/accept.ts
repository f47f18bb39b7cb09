import { oneOf } from '../protocol/errors/one-of.ts'
import type { HeadersInput } from '../protocol/headers/header-field.ts'
import { ACCEPT_LIMITS, type AcceptLimits, checkLimits } from './accept-limits.ts'
import type { Needing, NeedOf } from './capable.ts'
import type { FrameSocket } from './frame-socket.ts'
import { checkedOrigin, type OriginPolicy } from './origin-policy.ts'
import type { UpgradeRequest } from './request/upgrade-request.ts'
import type { SlowConsumerPolicy } from './slow-consumer.ts'
import { SOCKET_MODES, type SocketMode } from './socket-mode.ts'
import { checkFunction, wrongType } from './support/check-function.ts'
import { checkNames, type Known, type OptionNames } from './support/option-names.ts'
import type { Websocket } from './websocket.ts'
import type { WsConsumer, WsDecision, WsResponse } from './ws-handler.ts'

/** Options of `accept`. */
export interface AcceptOptions {
  /** The subprotocol to answer; it must be one that the request offers. */
  readonly protocol?: string | undefined
  /** Further headers for the 101 response. */
  readonly headers?: HeadersInput | undefined
  /** In place of the server's, for this socket. */
  readonly limits?: AcceptLimits | undefined
  /** In place of the server's policy. */
  readonly origin?: OriginPolicy | undefined
  /**
   * `'frames'` and `'fragments'` hand over a `FrameSocket`: of every frame, or of messages in fragments, as their bytes
   * arrive. Neither negotiates extensions.
   */
  readonly mode?: SocketMode | undefined
}

const ACCEPT_OPTIONS: OptionNames<AcceptOptions> = {
  protocol: 0,
  headers: 0,
  limits: ACCEPT_LIMITS,
  origin: 0,
  mode: 0,
}

/**
 * The capabilities that these limits need; `maxMessageSize` needs none, since every engine has it. It is not exported, so
 * that declarations of users get what comes out of it: they could not import its name.
 */
type LimitNeeds<L> =
  | NeedOf<L, 'maxFrameSize', number, 'frameLimits'>
  | NeedOf<L, 'maxBufferedAmount', number, 'bufferedAmount'>
  | NeedOf<L, 'slowConsumer', SlowConsumerPolicy, 'bufferedAmount'>

/** `L` without unknown limits. */
type KnownLimits<L> = Known<L, AcceptLimits>

/**
 * Takes the upgrade, with a subprotocol, headers or limits, or as raw frames. Its type says what the engine must be
 * able to do. Throws a `TypeError` for an unknown option, invalid origins, a subprotocol that is not a string and anything
 * but a consumer, a `RangeError` for an unknown mode and an invalid limit.
 */
export function accept(
  consumer: WsConsumer<FrameSocket>,
  options: AcceptOptions & { readonly mode: 'frames' | 'fragments' },
): WsResponse<FrameSocket>
export function accept<S extends Websocket = Websocket>(
  consumer: WsConsumer<S>,
  options?: AcceptOptions & {
    readonly mode?: 'messages' | undefined
    readonly limits?: undefined
  },
): WsResponse<S>
export function accept<S extends Websocket = Websocket, L extends AcceptLimits = AcceptLimits>(
  consumer: WsConsumer<S>,
  options: AcceptOptions & {
    readonly mode?: 'messages' | undefined
    readonly limits?: KnownLimits<L> | undefined
  },
): WsResponse<Needing<LimitNeeds<L>, S>>
export function accept<S extends Websocket>(
  consumer: WsConsumer<S>,
  options: AcceptOptions = {},
): WsResponse<S> {
  checkNames('accept()', options, ACCEPT_OPTIONS)
  checkLimits(options.limits)
  return acceptance(consumer, options)
}

/** As `accept`, but ignores options that it does not know. */
export function acceptance<S extends Websocket>(
  consumer: WsConsumer<S>,
  options: AcceptOptions = {},
): WsResponse<S> {
  checkFunction(consumer, 'accept needs a consumer')
  const { protocol } = options
  if (protocol !== undefined && typeof protocol !== 'string') {
    throw wrongType(protocol, 'accept needs a string as protocol')
  }
  return {
    consumer,
    mode: oneOf('mode', options.mode ?? 'messages', SOCKET_MODES),
    protocol,
    headers: options.headers,
    limits: options.limits,
    origin: checkedOrigin(options.origin),
    request: undefined,
  }
}

/** The decision with `request` as its socket's `upgradeRequest`, unless it names one already. */
export function forRequest<S extends Websocket>(
  decision: WsDecision<S>,
  request: UpgradeRequest,
): WsDecision<S> {
  if (typeof decision === 'function') return { ...acceptance(decision), request }
  // If a handler that is not type-checked returns anything else, the engine reports it.
  if (typeof decision !== 'object' || decision === null || !('consumer' in decision))
    return decision
  return decision.request === undefined ? { ...decision, request } : decision
}
