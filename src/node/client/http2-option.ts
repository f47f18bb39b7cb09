import type { ClientHttp2Session } from 'node:http2'
import { quote } from '../../protocol/errors/quote.ts'
import { type HeadersInput, userFields } from '../../protocol/headers/header-field.ts'
import { isConnectionHeader } from '../http/http2-headers.ts'

/** A connection of HTTP/2, or what gives one for the URL of each WebSocket. */
export type Http2Source = ClientHttp2Session | ((url: URL) => ClientHttp2Session)

/** Throws a `TypeError` for what is no such source, and for headers that HTTP/2 does not have. */
export function checkHttp2(source: Http2Source, headers: HeadersInput | undefined): void {
  if (typeof source !== 'function') checkSession(source)
  for (const [name] of userFields(headers)) {
    if (isConnectionHeader(name)) {
      throw new TypeError(
        `header ${quote(name)} cannot be sent over HTTP/2: leave it out (RFC 9113, section 8.2.2)`,
      )
    }
  }
}

/** The connection for a URL. Throws a `TypeError` if it is none, and what the user's function throws. */
export function sessionOf(source: Http2Source, url: URL): ClientHttp2Session {
  if (typeof source !== 'function') return source
  const session = source(url)
  checkSession(session)
  return session
}

/** Not every caller is type-checked. */
function checkSession(session: ClientHttp2Session): void {
  if (typeof session?.request === 'function') return
  throw new TypeError(
    'the option http2 must be what connect() of node:http2 returns, or a function that returns it',
  )
}
