import { quote } from '../protocol/errors/quote.ts'

/** The answer to clients that are not known. */
export function unauthorized(challenge: string): Response {
  return new Response('Unauthorized\n', {
    status: 401,
    headers: { 'content-type': 'text/plain;charset=utf-8', 'www-authenticate': challenge },
  })
}

/** The challenge. Throws a `TypeError` unless it begins with a scheme and is printable ASCII. */
export function checkChallenge(challenge: string): string {
  if (typeof challenge === 'string' && /^[\w-]+(?: [ -~]+)?$/.test(challenge)) return challenge
  throw new TypeError(
    `${quote(String(challenge))} cannot be a challenge: it must be a scheme and its parameters, such as 'ApiKey realm="rooms"' (RFC 9110, section 11.6.1)`,
  )
}

/** `realm="..."`. Throws a `TypeError` for a realm that is not printable ASCII. */
export function realmParameter(realm: string): string {
  if (typeof realm === 'string' && /^[ -~]*$/.test(realm)) {
    return `realm="${realm.replace(/["\\]/g, '\\$&')}"`
  }
  throw new TypeError(`${quote(String(realm))} cannot be a realm: it must be printable ASCII`)
}

/** What `Authorization` holds for this scheme, one token (RFC 9110, section 11.2); `undefined` for anything else. */
export function credentialsFor(scheme: string, header: string | null): string | undefined {
  const match = /^([\w-]+) +([\w.~+/-]+=*)$/.exec(header ?? '')
  return match?.[1]?.toLowerCase() === scheme ? match[2] : undefined
}
