import { decodeBase64 } from '../protocol/bytes/base64.ts'
import { decodeUtf8 } from '../protocol/bytes/utf8.ts'
import { chain } from '../routing/chain.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { checkNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import {
  guard,
  judged,
  PRINCIPAL_OPTIONS,
  type PrincipalOptions,
  type Verdict,
} from './authenticate.ts'
import { credentialsFor, realmParameter } from './challenge.ts'

/** A user's name and password as they were sent. */
export interface BasicCredentials {
  readonly user: string
  readonly password: string
}

/**
 * Admits users whose name and password `verify` accepts (RFC 7617, in UTF-8); others get a 401 with a challenge.
 * Compare passwords in constant time. Throws a `TypeError` for a realm that cannot be sent.
 */
export function basic<T = unknown>(
  realm: string,
  verify: (
    credentials: BasicCredentials,
    request: UpgradeRequest,
  ) => MaybePromise<Verdict<NoInfer<T>>>,
  options: PrincipalOptions<T> = {},
): HandshakeFilter {
  checkNames('basic()', options, PRINCIPAL_OPTIONS)
  checkFunction(verify, 'basic needs a function that says who it is')
  const challenge = `Basic ${realmParameter(realm)}, charset="UTF-8"`
  return guard((request) => {
    const credentials = decode(credentialsFor('basic', request.header('authorization')))
    if (credentials === undefined) return { known: false, challenge }
    return chain(verify(credentials, request), (verdict) => judged(verdict, challenge))
  }, options.principal)
}

/** RFC 7617, section 2: base64 of the name, a colon, and the password; no control characters. */
function decode(token: string | undefined): BasicCredentials | undefined {
  if (token === undefined) return undefined
  let text: string
  try {
    text = decodeUtf8(decodeBase64(token))
  } catch {
    return undefined
  }
  const colon = text.indexOf(':')
  if (colon < 0 || /\p{Cc}/u.test(text)) return undefined
  return { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
