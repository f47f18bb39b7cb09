import { chain } from '../routing/chain.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import {
  guard,
  judged,
  PRINCIPAL_OPTIONS,
  type PrincipalOptions,
  type Verdict,
} from './authenticate.ts'
import { credentialsFor, realmParameter } from './challenge.ts'

/** Options of `bearer`. */
export interface BearerOptions<T> extends PrincipalOptions<T> {
  /** What the token is for, in words. Default `websocket`. */
  readonly realm?: string | undefined
  /**
   * A query parameter that may hold the token where there is no header: pages cannot set headers on a WebSocket. URLs end
   * up in logs, so let such tokens be short-lived.
   */
  readonly query?: string | undefined
}

const BEARER_OPTIONS: OptionNames<BearerOptions<unknown>> = {
  ...PRINCIPAL_OPTIONS,
  realm: 0,
  query: 0,
}

/**
 * Admits clients with a token that `verify` accepts (RFC 6750). Others get a 401 with a challenge, which says
 * `invalid_token` for a token that it does not accept. Compare tokens in constant time. Throws a `TypeError` for a
 * realm that cannot be sent.
 */
export function bearer<T = unknown>(
  verify: (token: string, request: UpgradeRequest) => MaybePromise<Verdict<NoInfer<T>>>,
  options: BearerOptions<T> = {},
): HandshakeFilter {
  checkFunction(verify, 'bearer needs a function that says who it is')
  checkNames('bearer()', options, BEARER_OPTIONS)
  const { query } = options
  const asked = `Bearer ${realmParameter(options.realm ?? 'websocket')}`
  const invalid = `${asked}, error="invalid_token"`
  return guard((request) => {
    const token =
      credentialsFor('bearer', request.header('authorization')) ?? inQuery(request, query)
    if (token === undefined) return { known: false, challenge: asked }
    return chain(verify(token, request), (verdict) => judged(verdict, invalid))
  }, options.principal)
}

function inQuery(request: UpgradeRequest, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  return new URL(request.url).searchParams.get(name) || undefined
}
