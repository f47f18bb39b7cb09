import { encodeBase64 } from '../bytes/base64.ts'
import { encodeUtf8 } from '../bytes/utf8.ts'
import { quote } from '../errors/quote.ts'

const SCHEMES: ReadonlySet<string> = new Set(['ws:', 'wss:', 'http:', 'https:'])

/**
 * A copy of a URL that a client can connect to (RFC 6455, section 3). Throws a `TypeError` for one that is not
 * absolute, has another scheme than `ws:`, `wss:`, `http:` or `https:`, or a fragment.
 */
export function clientUrl(text: URL | string): URL {
  const url = parse(text)
  if (!SCHEMES.has(url.protocol)) {
    throw new TypeError(
      `the URL has the scheme ${quote(url.protocol)}: use ws:, wss:, http: or https:`,
    )
  }
  // In a serialized URL a number sign only ever begins a fragment; `hash` does not tell an empty one from none.
  if (url.href.includes('#')) {
    throw new TypeError(
      'the URL has a fragment, which a WebSocket cannot have: leave it out, or write %23 (RFC 6455, section 3)',
    )
  }
  return url
}

/**
 * The `Authorization` that a URL's credentials ask for (RFC 7617); `undefined` when it has none. Throws a `TypeError`
 * when they are not percent-encoded UTF-8.
 */
export function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined
  try {
    const credentials = decodeURIComponent(`${url.username}:${url.password}`)
    return `Basic ${encodeBase64(encodeUtf8(credentials))}`
  } catch (cause) {
    throw new TypeError(
      "the URL's user name or password is not percent-encoded UTF-8: write %25 for a percent sign",
      { cause },
    )
  }
}

/**
 * An invalid URL, for an error message: in quotes, and without what may be a password, since errors are logged. A
 * password that is not percent-encoded is often what is wrong with a URL.
 */
export function quoteUrl(text: string): string {
  // Not by a pattern: for each `//` without an `@` behind it, it would look at all the rest.
  const start = text.indexOf('//') + 2
  const end = text.lastIndexOf('@') + 1
  return quote(start >= 2 && end > start ? text.slice(0, start) + text.slice(end) : text)
}

function parse(text: URL | string): URL {
  try {
    return new URL(text)
  } catch {
    // The platform's error says no more, and holds the whole text.
    throw new TypeError(
      `${quoteUrl(String(text))} is not an absolute URL: write it like 'wss://example.com/path'`,
    )
  }
}
