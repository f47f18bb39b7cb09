import { quote } from '../protocol/quote.ts'
import type { OriginPolicy } from './ws-handler.ts'

/**
 * The policy as it is. Throws a `TypeError` for a word that is none, and for an origin of a list that no browser would
 * send: they send it in lower case, without a path and without a port that is the default (RFC 6454, section 6.1).
 */
export function checkedOrigin<P extends OriginPolicy | undefined>(policy: P): P {
  if (policy === undefined || policy === 'same' || policy === 'any') return policy
  if (typeof policy === 'function') return policy
  // Not every caller is type-checked, and a string would include any part of itself.
  if (!Array.isArray(policy)) {
    throw new TypeError(
      `the option origin is ${quote(String(policy))}: it must be 'same', 'any', a list such as ['https://example.org'], or a function`,
    )
  }
  policy.forEach(checkOrigin)
  return policy
}

function checkOrigin(origin: string): void {
  if (origin === 'null') return
  const advice = origin.includes('*')
    ? "write 'any', or a function that knows the pattern"
    : adviceFor(origin)
  if (advice === undefined) return
  throw new TypeError(`the option origin lists ${quote(origin)}, which no browser sends: ${advice}`)
}

function adviceFor(origin: string): string | undefined {
  // The pages that open `wss:` come by `https:`.
  const page = origin.replace(/^ws(?=s?:)/i, 'http')
  if (!URL.canParse(page)) return "write it like 'https://example.org'"
  const url = new URL(page)
  // The URL Standard does not say the origin of schemes that are not the web's, such as that of an extension.
  if (url.origin === 'null')
    return url.host === '' ? "write it like 'https://example.org'" : undefined
  return url.origin === origin ? undefined : `write ${quote(url.origin)}`
}
