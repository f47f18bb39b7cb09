import { quote } from '../errors/quote.ts'
import {
  type ExtensionHeader,
  formatExtensions,
  parseExtensions,
} from '../headers/extension-header.ts'
import {
  fieldValue,
  formatHead,
  type HeaderField,
  type HeadersInput,
  userFields,
} from '../headers/header-field.ts'
import { includesToken } from '../headers/header-tokens.ts'
import { equalsIgnoreCase } from '../headers/token.ts'
import { acceptKey, isValidKey } from './accept-key.ts'
import { basicAuthorization, clientUrl } from './client-url.ts'
import { checkSubprotocols } from './subprotocol.ts'

/** What a client asks for. */
export interface ClientHandshakeOptions {
  /** With the scheme `ws:`, `wss:`, `http:` or `https:`, and no fragment. */
  readonly url: URL | string
  /** Subprotocols, the preferred one first. */
  readonly protocols?: readonly string[] | undefined
  /** Offers, the preferred one first. */
  readonly extensions?: readonly ExtensionHeader[] | undefined
  /** Further headers; `Host` and `Authorization` among them replace those made from the URL. */
  readonly headers?: HeadersInput | undefined
  /** From `newKey()`, one for each handshake. */
  readonly key: string
}

/** A client's opening handshake: what to send, and what to check the answer against. */
export interface ClientHandshake {
  readonly url: URL
  readonly method: 'GET'
  /** Path and query of the URL. */
  readonly target: string
  readonly headers: readonly HeaderField[]
  readonly key: string
  readonly protocols: readonly string[]
  readonly extensions: readonly ExtensionHeader[]
}

/** The server's answer, as far as the handshake looks at it. */
export interface HandshakeResponse {
  readonly status: number
  /** Asked in lower case; the value without whitespace around it, several joined by `, `, `null` when absent. */
  header(name: string): string | null
}

/** The upgrade the server agreed to, or why its answer is not one. */
export type UpgradeVerification =
  | {
      readonly ok: true
      /** The subprotocol the server chose; `''` for none. */
      readonly protocol: string
      /** The extensions the server chose, in its order. */
      readonly extensions: readonly ExtensionHeader[]
    }
  | { readonly ok: false; readonly message: string }

/**
 * A client's opening handshake (RFC 6455, section 4.1). Throws a `TypeError` that names what is wrong: with the URL, a
 * subprotocol, an offer, the key, or a header that belongs to the handshake or cannot be sent.
 */
export function clientHandshake(options: ClientHandshakeOptions): ClientHandshake {
  const { protocols = [], extensions = [], key } = options
  const url = clientUrl(options.url)
  if (!isValidKey(key)) {
    throw new TypeError(`the key ${quote(key)} is not 16 bytes in base64: make it with newKey()`)
  }
  checkSubprotocols(protocols)
  const own = userFields(options.headers)
  const headers: HeaderField[] = [
    ['Host', hostOf(own) ?? url.host],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
  ]
  if (protocols.length > 0) headers.push(['Sec-WebSocket-Protocol', protocols.join(', ')])
  if (extensions.length > 0) {
    headers.push(['Sec-WebSocket-Extensions', formatExtensions(extensions)])
  }
  if (fieldValue(own, 'authorization') === null) {
    const authorization = basicAuthorization(url)
    if (authorization !== undefined) headers.push(['Authorization', authorization])
  }
  headers.push(...own.filter(([name]) => !equalsIgnoreCase(name, 'host')))
  return {
    url,
    method: 'GET',
    target: url.pathname + url.search,
    headers,
    key,
    protocols,
    extensions,
  }
}

/** The head of an HTTP/1.1 request, to be sent as Latin-1. Throws a `TypeError` for what would not stay on its line. */
export function formatRequest(
  method: string,
  target: string,
  headers: readonly HeaderField[],
): string {
  return formatHead(`${method} ${target} HTTP/1.1`, headers)
}

/**
 * Checks the server's answer against what was sent (RFC 6455, section 4.1, on the server's response); never throws. A
 * server may leave out the subprotocol, whatever was offered.
 */
export function verifyUpgrade(
  response: HandshakeResponse,
  sent: Pick<ClientHandshake, 'key' | 'protocols' | 'extensions'>,
): UpgradeVerification {
  if (response.status !== 101) {
    return fail(`the server answered with status ${response.status}, not 101`)
  }
  const upgrade = response.header('upgrade')
  if (upgrade === null || !equalsIgnoreCase(upgrade, 'websocket')) {
    return fail(`the server's Upgrade header ${told(upgrade)}: it must be 'websocket'`)
  }
  const connection = response.header('connection')
  if (!includesToken(connection, 'upgrade')) {
    return fail(`the server's Connection header ${told(connection)}: it must contain 'Upgrade'`)
  }
  const accept = response.header('sec-websocket-accept')
  const expected = acceptKey(sent.key)
  if (accept !== expected) {
    return fail(`the server's Sec-WebSocket-Accept ${told(accept)}: it must be '${expected}'`)
  }
  return verifyNegotiated(response, sent)
}

/** What of the above remains over HTTP/2, where a status of 2xx accepts, and there is no key (RFC 8441, section 5). */
export function verifyNegotiated(
  response: Pick<HandshakeResponse, 'header'>,
  sent: Pick<ClientHandshake, 'protocols' | 'extensions'>,
): UpgradeVerification {
  const protocol = response.header('sec-websocket-protocol')
  if (protocol !== null && !sent.protocols.includes(protocol)) {
    return fail(
      `the server's Sec-WebSocket-Protocol ${told(protocol)}: it must be one that was offered, or be left out`,
    )
  }
  const value = response.header('sec-websocket-extensions')
  const extensions = value === null ? [] : parseExtensions(value)
  if (extensions === undefined) {
    return fail(`the server's Sec-WebSocket-Extensions ${told(value)}, which is malformed`)
  }
  const problem = extensionProblem(extensions, sent.extensions)
  return problem === undefined ? { ok: true, protocol: protocol ?? '', extensions } : fail(problem)
}

function extensionProblem(
  chosen: readonly ExtensionHeader[],
  offers: readonly ExtensionHeader[],
): string | undefined {
  const seen = new Set<string>()
  for (const { name } of chosen) {
    if (!offers.some((offer) => offer.name === name)) {
      return `the server chose the extension ${quote(name)}, which was not offered`
    }
    if (seen.has(name)) return `the server chose the extension ${quote(name)} twice`
    seen.add(name)
  }
  return undefined
}

function hostOf(own: readonly HeaderField[]): string | undefined {
  const hosts = own.filter(([name]) => equalsIgnoreCase(name, 'host'))
  if (hosts.length > 1) throw new TypeError("the header 'Host' is given twice: give it once")
  return hosts[0]?.[1]
}

function told(value: string | null): string {
  return value === null ? 'is missing' : `is ${quote(value)}`
}

function fail(message: string): UpgradeVerification {
  return { ok: false, message }
}
