import { quote } from '../protocol/errors/quote.ts'
import type { UpgradeRequest } from './request/upgrade-request.ts'

/**
 * Which pages may open a socket: those of the same host (the `Host` header), any, those of the origins listed (such as
 * `https://example.org`), or as the predicate says. Requests without an `Origin` do not come from a browser; only the
 * predicate sees them.
 */
export type OriginPolicy =
  | 'same'
  | 'any'
  | readonly string[]
  | ((origin: string | null, request: UpgradeRequest) => boolean)

/** Returns the policy. Throws a `TypeError` for an unknown word, and for a listed origin that no browser would send. */
export function checkedOrigin<P extends OriginPolicy | undefined>(policy: P): P {
  if (policy === 'same' || policy === 'any' || typeof policy === 'function') return policy
  // Not every caller is type-checked, and a string in place of a list would match each of its parts.
  const wrong = Array.isArray(policy) ? policy.find((origin) => !isSentOrigin(origin)) : policy
  if (wrong === undefined) return policy
  throw new TypeError(
    `the option origin has ${quote(String(wrong))}: it must be 'same', 'any', a function, or a list of origins as browsers send them, such as ['https://example.org']`,
  )
}

/** True for an origin as browsers send it: lower case, no path, and no port that is the default (RFC 6454, section 6.1). */
export function isSentOrigin(origin: string): boolean {
  if (origin === 'null') return true
  // Pages that open `wss:` have an `https:` origin, and lists have no patterns.
  if (/^wss?:|[*A-Z]/.test(origin) || !URL.canParse(origin)) return false
  const url = new URL(origin)
  // The URL Standard gives no origin to other schemes, such as those of browsers' extensions, nor to the `file://` that
  // Chromium sends for files that may read others, as those of Electron may.
  return url.origin === origin || (url.origin === 'null' && /:\/\/[^/?#@]*$/.test(origin))
}
