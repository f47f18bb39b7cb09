import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { newKey } from '../../protocol/handshake/accept-key.ts'
import { Http2Peer } from './http2-peer.ts'
import { claim } from './stream-mark.ts'
import { UpgradeSource } from './upgrade-source.ts'
import type { Asked } from './upgrades.ts'

/**
 * Hands a CONNECT to `take` if it asks for a WebSocket. Refuses any other, as Node does where nobody listens for them,
 * unless others may answer it.
 */
export function takeConnect(
  take: (asked: Asked) => void,
  request: Http2ServerRequest,
  reply: Http2ServerResponse,
  shared = false,
): void {
  if (isWebSocketConnect(request)) {
    take({ source: connectSource(request), stream: reply.stream, head: NOTHING, shared, reply })
  } else if (!shared) {
    refuse(request, reply)
  }
}

const NOTHING = new Uint8Array(0)

/** True for a CONNECT that asks for a WebSocket (RFC 8441, section 5). */
export function isWebSocketConnect({ headers }: Http2ServerRequest): boolean {
  return headers[':protocol'] === 'websocket'
}

/**
 * The request for a WebSocket as the GET that a gateway to HTTP/1.1 would make of it, so that neither handlers nor checks
 * see a difference. Its key is made up: HTTP/2 has none, and ignores one that is sent.
 */
function connectSource(request: Http2ServerRequest): UpgradeSource {
  const { rawHeaders } = request
  let target = ''
  let authority = ''
  const cookies: string[] = []
  const fields = ['upgrade', 'websocket', 'connection', 'Upgrade', 'sec-websocket-key', newKey()]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    if (name === ':path') target = TARGET.test(value) ? value : ''
    else if (name === ':authority') authority = value
    else if (name === 'cookie') cookies.push(value)
    else if (!IGNORED.test(name)) fields.push(name, value)
  }
  // If `host` says something else, there are two of them, which no check accepts.
  if (authority !== '' && request.headers.host !== authority) fields.push('host', authority)
  // Sent in pieces, so that they compress better (RFC 9113, section 8.2.3).
  if (cookies.length > 0) fields.push('cookie', cookies.join('; '))
  return new UpgradeSource(
    { method: 'GET', target, httpVersion: '2.0', fields },
    new Http2Peer(request),
  )
}

/** The characters of a target, as Node has them over HTTP/1.1: with others, it makes no URL. */
const TARGET = /^[\x21-\x7e]*$/

const IGNORED = /^(?::.*|sec-websocket-key)$/

/** With a 501 for an unknown protocol, as RFC 9220, section 3, says. A CONNECT over HTTP/1.1 comes with its connection. */
function refuse({ headers }: Http2ServerRequest, reply: Http2ServerResponse | Duplex): void {
  if (!('stream' in reply)) reply.destroy()
  else if (!reply.headersSent && claim(reply.stream))
    reply.writeHead(headers[':protocol'] === undefined ? 405 : 501).end()
}
