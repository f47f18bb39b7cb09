import { legible, quote } from '../protocol/errors/quote.ts'
import type { WebSocketExtension } from '../protocol/extension/extension.ts'
import type { ConnectionLimits } from '../protocol/frame/limits.ts'
import type { Negotiation } from '../protocol/handshake/negotiation.ts'
import { isSameOrigin } from '../protocol/handshake/origin.ts'
import {
  checkUpgrade,
  type HandshakeRequest,
  isUpgrade,
  type UpgradeAnswer,
  type UpgradeCheck,
  type ValidUpgrade,
} from '../protocol/handshake/server-handshake.ts'
import { type HeaderField, userFields } from '../protocol/headers/header-field.ts'
import { chain } from '../routing/chain.ts'
import type { PolyHandler } from '../routing/poly-handler.ts'
import { rawRequest } from '../routing/routed-request.ts'
import { sessionDefaultsKey } from '../session/session-defaults.ts'
import { acceptance } from '../websocket/accept.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { OriginPolicy } from '../websocket/origin-policy.ts'
import { answerKey } from '../websocket/request/upgrade-answer.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { type SlowConsumerPolicy, slowConsumerPolicy } from '../websocket/slow-consumer.ts'
import type { SocketMode } from '../websocket/socket-mode.ts'
import { attempt } from '../websocket/support/attempt.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import { isPromiseLike, type MaybePromise } from '../websocket/support/maybe-promise.ts'
import { amount } from '../websocket/support/option-checks.ts'
import { decisionOf } from '../websocket/websocket-upgrade.ts'
import type { WsConsumer, WsDecision, WsResponse } from '../websocket/ws-handler.ts'
import { BAD_URL, failure, type Refusal, refuse } from './refusal.ts'
import { isRequestUrl } from './request-url.ts'
import { sendable } from './sendable.ts'
import type { ServerSettings } from './web-sockets.ts'

/** What to do with an upgrade: open a socket, answer over HTTP, or nothing, since no route took it. */
export type UpgradeOutcome = AcceptedUpgrade | Refusal | UnmatchedUpgrade

export interface AcceptedUpgrade {
  readonly kind: 'accepted'
  readonly consumer: WsConsumer<FrameSocket>
  readonly mode: SocketMode
  readonly protocol: string
  /** What the 101 response says. */
  readonly answer: UpgradeAnswer
  /** The headers of the 101 response that the application gave. */
  readonly ownHeaders: readonly HeaderField[]
  readonly extensions: readonly WebSocketExtension[]
  /** The reserved bits that the extensions claim, of 0x70. */
  readonly reserved: number
  /** The server's, which are frozen, unless the application gave some for this connection. */
  readonly limits: ConnectionLimits
  readonly maxBufferedAmount: number
  readonly slowConsumer: SlowConsumerPolicy
  /** The socket's `upgradeRequest`. */
  readonly request: UpgradeRequest
}

export interface UnmatchedUpgrade {
  readonly kind: 'unmatched'
}

/**
 * Takes a request for an upgrade through handshake check, application, origin policy and negotiation. Synchronous when
 * the application is; never throws or rejects. With `shared`, there are other listeners for upgrades: those to anything
 * else are left to them, and a bad handshake is refused only if the application would have answered a good one.
 */
export function decideUpgrade(
  app: PolyHandler<FrameSocket>,
  request: UpgradeRequest,
  handshake: HandshakeRequest,
  settings: ServerSettings,
  shared = false,
): MaybePromise<UpgradeOutcome> {
  const url = isRequestUrl(request.url)
  if (shared && !(url && isUpgrade(handshake))) return { kind: 'unmatched' }
  if (!url) return refuse(400, BAD_URL)
  const check = checkUpgrade(handshake)
  if (!check.ok && !shared) return refuse(check.status, check.message, check.headers)
  const failed = (thrown: unknown): UpgradeOutcome => ({
    kind: 'refused',
    response: failure(thrown, settings.onError),
  })
  return attempt(
    () => chain(ask(app, request), (decision) => conclude(decision, request, check, settings)),
    (outcome) => outcome,
    failed,
  )
}

/** Asks the WebSocket half; what that leaves, the HTTP half may still turn into an upgrade. */
function ask(
  app: PolyHandler<FrameSocket>,
  request: UpgradeRequest,
): MaybePromise<WsDecision<FrameSocket>> {
  const { ws, http } = app
  return chain(ws?.(request), (decision) =>
    decision === undefined && http !== undefined
      ? chain(http(rawRequest(request)), decisionOf)
      : decision,
  )
}

function conclude(
  decision: WsDecision<FrameSocket>,
  request: UpgradeRequest,
  check: UpgradeCheck,
  settings: ServerSettings,
): UpgradeOutcome {
  if (decision === undefined) return { kind: 'unmatched' }
  if (!check.ok) return refuse(check.status, check.message, check.headers)
  if (decision instanceof Response) return { kind: 'refused', response: sendable(decision) }
  return negotiate(responseOf(decision), request, check, settings)
}

function responseOf(
  decision: WsConsumer<FrameSocket> | WsResponse<FrameSocket>,
): WsResponse<FrameSocket> {
  if (typeof decision === 'function') return acceptance(decision)
  // Not every application is type-checked.
  if (typeof decision?.consumer === 'function') return decision
  throw wrongType(
    decision,
    'a handler has to return a consumer, accept(consumer), a Response, or undefined',
  )
}

/** For an upgrade that the handler accepts: checks origin and subprotocol, then settles limits and extensions. */
function negotiate(
  response: WsResponse<FrameSocket>,
  request: UpgradeRequest,
  check: ValidUpgrade,
  settings: ServerSettings,
): UpgradeOutcome {
  const { protocol = '', limits = {} } = response
  if (!allowsOrigin(response.origin ?? settings.origin, request)) {
    return refuse(
      403,
      `pages of the origin ${legible(request.header('origin') ?? '')} may not open this WebSocket: the option 'origin' of the server or of accept() can allow them`,
    )
  }
  if (protocol !== '' && !check.protocols.includes(protocol)) {
    return refuse(
      400,
      `this WebSocket speaks the subprotocol ${quote(protocol)}: offer it in Sec-WebSocket-Protocol`,
    )
  }
  settings.checkNeeds?.(response)
  // Everything that can throw comes before the extensions are made, since they would have to be closed again.
  const ownHeaders = userFields(response.headers)
  const shared = limitsFor(response, settings)
  const maxBufferedAmount = amount(
    'maxBufferedAmount',
    limits.maxBufferedAmount,
    settings.maxBufferedAmount,
  )
  const slowConsumer = slowConsumerPolicy(limits.slowConsumer, settings.slowConsumer)
  // Extensions need whole messages: those who want frames or fragments get them as they are on the wire.
  const offers = response.mode === 'messages' ? check.extensions : []
  const agreed = settings.negotiate?.(offers, shared)
  const { answer, extensions } = agreed ?? NOTHING
  const answered = { key: check.key, protocol, extensions: answer, headers: response.headers }
  return {
    kind: 'accepted',
    consumer: response.consumer,
    mode: response.mode,
    protocol,
    answer: answered,
    ownHeaders,
    extensions,
    reserved: agreed?.reserved ?? 0,
    limits: agreed?.limits ?? shared,
    maxBufferedAmount,
    slowConsumer,
    request: withAnswer(response.request ?? request, answered).with(
      sessionDefaultsKey,
      settings.sessions,
    ),
  }
}

/** Shared by all connections without extensions. */
const NOTHING: Negotiation = { answer: [], extensions: [] }

/** Puts the answer into the request, which sockets keep, only if it does not follow from the request's key. */
function withAnswer(request: UpgradeRequest, answer: UpgradeAnswer): UpgradeRequest {
  const { protocol, extensions = [], headers } = answer
  const plain = protocol === '' && extensions.length === 0 && headers === undefined
  return plain ? request : request.with(answerKey, answer)
}

function limitsFor(response: WsResponse<FrameSocket>, settings: ServerSettings): ConnectionLimits {
  const { limits } = response
  if (limits === undefined) return settings.limits
  const maxMessageSize = amount(
    'maxMessageSize',
    limits.maxMessageSize,
    settings.limits.maxMessageSize,
  )
  const frameSize = limits.maxMessageSize ?? settings.limits.maxFrameSize
  const maxFrameSize = amount('maxFrameSize', limits.maxFrameSize, frameSize)
  return { ...settings.limits, maxMessageSize, maxFrameSize }
}

function allowsOrigin(policy: OriginPolicy, request: UpgradeRequest): boolean {
  const origin = request.header('origin')
  if (typeof policy === 'function') {
    const allowed = policy(origin, request)
    // A promise would count as true, and admit every page.
    if (!isPromiseLike(allowed)) return allowed
    throw new TypeError('a policy of origins cannot be asynchronous: a filter of handshakes can')
  }
  if (policy === 'any' || origin === null) return true
  if (policy === 'same') return isSameOrigin(origin, request.header('host'))
  return policy.includes(origin)
}
