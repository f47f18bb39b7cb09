import { chain } from '../routing/chain.ts'
import { forRequest } from '../websocket/accept.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import type { RequestKey } from '../websocket/request/request-key.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { checkChallenge, unauthorized } from './challenge.ts'

/** The user, or `undefined`, `null` or `false` for nobody; from a mere predicate, `true`. */
export type Verdict<T> = T | undefined | null | false

/** Where `basic`, `bearer` and `authenticate` put the user. */
export interface PrincipalOptions<T> {
  /** The key under which handlers find the user: `request.get(principal)`, `socket.upgradeRequest.get(principal)`. */
  readonly principal?: RequestKey<T> | undefined
}

/** The names of these options. */
export const PRINCIPAL_OPTIONS: OptionNames<PrincipalOptions<unknown>> = { principal: 0 }

/** Options of `authenticate`. */
export interface AuthenticateOptions<T> extends PrincipalOptions<T> {
  /** What a refusal asks for in `WWW-Authenticate` (RFC 9110, section 11.6.1), such as `ApiKey realm="rooms"`. */
  readonly challenge: string
}

const AUTHENTICATE_OPTIONS: OptionNames<AuthenticateOptions<unknown>> = {
  ...PRINCIPAL_OPTIONS,
  challenge: 0,
}

/**
 * Admits the users that `identify` knows; others get a 401 with the challenge. If `identify` throws or rejects, the
 * client gets a 500. Throws a `TypeError` for a challenge that cannot be sent.
 */
export function authenticate<T = unknown>(
  identify: (request: UpgradeRequest) => MaybePromise<Verdict<NoInfer<T>>>,
  options: AuthenticateOptions<T>,
): HandshakeFilter {
  checkFunction(identify, 'authenticate needs a function that says who it is')
  checkNames('authenticate()', options, AUTHENTICATE_OPTIONS)
  const challenge = checkChallenge(options.challenge)
  return guard(
    (request) => chain(identify(request), (verdict) => judged(verdict, challenge)),
    options.principal,
  )
}

/** The user, or what to ask for. */
export type Judgement<T> =
  | { readonly known: true; readonly principal: T }
  | { readonly known: false; readonly challenge: string }

export function judged<T>(verdict: Verdict<T>, challenge: string): Judgement<T> {
  return verdict === undefined || verdict === null || verdict === false
    ? { known: false, challenge }
    : { known: true, principal: verdict }
}

/** Refuses the request, or passes it on with the principal. */
export function guard<T>(
  judge: (request: UpgradeRequest) => MaybePromise<Judgement<T>>,
  principal: RequestKey<T> | undefined,
): HandshakeFilter {
  return ofHandshakes(
    (next) => (request) =>
      chain(judge(request), (judgement) => {
        if (!judgement.known) return unauthorized(judgement.challenge)
        if (principal === undefined) return next(request)
        const known = request.with(principal, judgement.principal)
        return chain(next(known), (decision) => forRequest(decision, known))
      }),
  )
}
