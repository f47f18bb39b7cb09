import { quote } from '../errors/quote.ts'
import {
  type ExtensionHeader,
  formatExtensions,
  parseExtensions,
} from '../headers/extension-header.ts'
import {
  formatFields,
  formatHead,
  type HeaderField,
  type HeadersInput,
  userFields,
} from '../headers/header-field.ts'
import { includesToken, parseTokens } from '../headers/header-tokens.ts'
import { acceptKey, isValidKey } from './accept-key.ts'
import { checkSubprotocols } from './subprotocol.ts'

/** A client's opening handshake, as far as it matters here. */
export interface HandshakeRequest {
  readonly method: string
  /** Such as `'1.1'`; absent where the runtime does not tell. */
  readonly httpVersion?: string | undefined
  /** Asked in lower case; the value without whitespace around it, several joined by `, `, `null` when absent. */
  header(name: string): string | null
}

/** An upgrade that can be taken, or how to refuse it over HTTP. */
export type UpgradeCheck = ValidUpgrade | RefusedUpgrade

/** A request that may be upgraded. */
export interface ValidUpgrade {
  readonly ok: true
  /** Its `Sec-WebSocket-Key`. */
  readonly key: string
  /** The subprotocols the client offers, the preferred one first. */
  readonly protocols: readonly string[]
  /** The extensions the client offers, the preferred one first. */
  readonly extensions: readonly ExtensionHeader[]
}

/** A request that may not be upgraded, and what to answer. */
export interface RefusedUpgrade {
  readonly ok: false
  readonly status: 400 | 405 | 426
  readonly headers: readonly HeaderField[]
  /** For the body of the response: one line of ASCII that says what is wrong. */
  readonly message: string
}

/** What the 101 response says. */
export interface UpgradeAnswer {
  /** The client's `Sec-WebSocket-Key`. */
  readonly key: string
  /** One of those the client offers; `''` for none. */
  readonly protocol?: string | undefined
  /** As negotiated, each offered by the client. */
  readonly extensions?: readonly ExtensionHeader[] | undefined
  /** Further headers for the 101 response. */
  readonly headers?: HeadersInput | undefined
}

/**
 * The grammar of RFC 9110, section 7.2, and at least one character: anything else would end up in a URL between scheme
 * and path, and could pass for a path of its own. Its alternatives begin differently, so that matching is linear.
 */
const HOST = /^(?:\[[\d.:A-Fa-f]+\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})+)(?::\d*)?$/

/** A 426 names the protocol to upgrade to and its version (RFC 9110, section 15.5.22; RFC 6455, section 4.4). */
const UPGRADE_REQUIRED: readonly HeaderField[] = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Version', '13'],
]

/** True when the request asks for a WebSocket, whether or not `checkUpgrade` finds something wrong with it. */
export function isUpgrade(request: Pick<HandshakeRequest, 'header'>): boolean {
  return includesToken(request.header('upgrade'), 'websocket')
}

/** What is wrong with an upgrade that lacks one of its two headers: most servers take it for a plain request. */
export const NOT_WHOLE =
  'the request needs Upgrade: websocket and Connection: Upgrade: perhaps a proxy on the way removes them'

/** True when the connection, too, is to be upgraded. */
function isConnectionUpgrade(request: Pick<HandshakeRequest, 'header'>): boolean {
  return includesToken(request.header('connection'), 'upgrade')
}

/** True for an upgrade with both of its headers: without `Connection`, it is a plain request to most servers. */
export function isWholeUpgrade(request: Pick<HandshakeRequest, 'header'>): boolean {
  return isUpgrade(request) && isConnectionUpgrade(request)
}

/** Checks a client's opening handshake (RFC 6455, section 4.2.1); never throws. */
export function checkUpgrade(request: HandshakeRequest): UpgradeCheck {
  return checkRequest(request) ?? checkBody(request) ?? checkOffer(request)
}

/**
 * The headers of the 101 response (RFC 6455, section 4.2.2, item 5), the user's own last. Throws a `TypeError` for a
 * user's header that belongs to the handshake or cannot be sent, and for a subprotocol or an extension that is not
 * made of tokens.
 */
export function upgradeHeaders(answer: UpgradeAnswer): readonly HeaderField[] {
  const { protocol = '' } = answer
  if (protocol !== '') checkSubprotocols([protocol])
  return [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptKey(answer.key)],
    ...negotiatedFields(answer),
  ]
}

/**
 * The 101 response, to be sent as Latin-1; `accept` computes the answer to the key. Throws as `upgradeHeaders`, but does
 * not check the subprotocol: it is one of those that the client offers, which are tokens.
 */
export function formatUpgrade(answer: UpgradeAnswer, accept: (key: string) => string): string {
  const fixed = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept:'
  const fields = formatFields(negotiatedFields(answer))
  return `HTTP/1.1 101 Switching Protocols\r\n${fixed} ${accept(answer.key)}\r\n${fields}\r\n`
}

/** The headers of the answer that are not the same for every WebSocket; over HTTP/2 (RFC 8441), there are no others. */
export function negotiatedFields(answer: UpgradeAnswer): readonly HeaderField[] {
  const { protocol = '', extensions = [], headers } = answer
  const fields: HeaderField[] = []
  if (protocol !== '') fields.push(['Sec-WebSocket-Protocol', protocol])
  if (extensions.length > 0) {
    fields.push(['Sec-WebSocket-Extensions', formatExtensions(extensions)])
  }
  fields.push(...userFields(headers))
  return fields
}

/** The head of an HTTP/1.1 response, to be sent as Latin-1. Throws a `TypeError` for what would not stay on its line. */
export function formatResponse(
  status: number,
  statusText: string,
  headers: readonly HeaderField[],
): string {
  return formatHead(`HTTP/1.1 ${status} ${statusText}`, headers)
}

function checkRequest(request: HandshakeRequest): RefusedUpgrade | undefined {
  const { method, httpVersion } = request
  if (method !== 'GET') {
    const message = `a WebSocket handshake is a GET request, this one is ${quote(method)}`
    return refuse(405, message, [['Allow', 'GET']])
  }
  if (httpVersion !== undefined && !(Number(httpVersion) >= 1.1)) {
    return refuse(400, `a WebSocket handshake needs HTTP/1.1 or later, not ${quote(httpVersion)}`)
  }
  if (!isUpgrade(request)) {
    return upgradeRequired('this is a WebSocket: the request needs the header Upgrade: websocket')
  }
  if (!isConnectionUpgrade(request)) return upgradeRequired(NOT_WHOLE)
  const version = request.header('sec-websocket-version')
  if (version !== '13') {
    const found = version === null ? 'is missing' : `is ${quote(version)}`
    return upgradeRequired(`the header Sec-WebSocket-Version ${found}: it must be 13`)
  }
  const host = request.header('host')
  if (host === null) return refuse(400, 'the header Host is missing')
  if (!HOST.test(host)) {
    const right = 'it must be a name or an address, with a port or without one'
    return refuse(400, `the header Host is ${quote(host)}: ${right}`)
  }
  return undefined
}

/**
 * A body is refused though the RFC is silent: a proxy that passes it on as the request's, and a server that reads it
 * as frames, would not agree where the next request begins.
 */
export function checkBody(request: HandshakeRequest): RefusedUpgrade | undefined {
  if (request.header('transfer-encoding') !== null) {
    return refuse(400, 'a WebSocket handshake has no body: leave out the header Transfer-Encoding')
  }
  if ((request.header('content-length') ?? '0') !== '0') {
    return refuse(400, 'a WebSocket handshake has no body: leave out the header Content-Length')
  }
  return undefined
}

function checkOffer(request: HandshakeRequest): UpgradeCheck {
  const key = request.header('sec-websocket-key')
  if (key === null) return refuse(400, 'the header Sec-WebSocket-Key is missing')
  if (!isValidKey(key)) {
    return refuse(
      400,
      `the header Sec-WebSocket-Key is ${quote(key)}: it must be 16 bytes in base64`,
    )
  }
  const protocolHeader = request.header('sec-websocket-protocol')
  const protocols = protocolHeader === null ? [] : parseTokens(protocolHeader)
  if (protocols === undefined) {
    return refuse(
      400,
      'the header Sec-WebSocket-Protocol is malformed: it must be a list of tokens',
    )
  }
  if (new Set(protocols).size < protocols.length) {
    return refuse(400, 'the header Sec-WebSocket-Protocol names a subprotocol twice')
  }
  const extensionHeader = request.header('sec-websocket-extensions')
  const extensions = extensionHeader === null ? [] : parseExtensions(extensionHeader)
  if (extensions === undefined) {
    return refuse(400, 'the header Sec-WebSocket-Extensions is malformed (RFC 6455, section 9.1)')
  }
  return { ok: true, key, protocols, extensions }
}

function upgradeRequired(message: string): RefusedUpgrade {
  return refuse(426, message, UPGRADE_REQUIRED)
}

function refuse(
  status: RefusedUpgrade['status'],
  message: string,
  headers: readonly HeaderField[] = [],
): RefusedUpgrade {
  return { ok: false, status, headers, message }
}
