import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HeaderField } from '../protocol/handshake/header-field.ts'
import { formatResponse } from '../protocol/handshake/server-handshake.ts'

/** How long a peer may take to read the response to a refused upgrade, in milliseconds. */
const LINGER = 5_000

/** Headers that are set here, whatever the response says. */
const FRAMING: readonly string[] = [
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
]

/** Answers a request for an upgrade over HTTP, and closes the connection. */
export async function respond(stream: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer())
  if (stream.destroyed) return
  const fields: HeaderField[] = [...response.headers].filter(([name]) => !FRAMING.includes(name))
  const upgrade = response.headers.has('upgrade')
  fields.push(['Connection', upgrade ? 'Upgrade, close' : 'close'])
  // A 204 must not have it (RFC 9110, section 8.6).
  if (response.status !== 204) fields.push(['Content-Length', String(body.length)])
  const text = response.statusText || (STATUS_CODES[response.status] ?? '')
  stream.write(formatResponse(response.status, text, fields), 'latin1')
  stream.end(body)
  // What the peer still sends is read and dropped: closing with unread bytes could lose the response. When both sides
  // have ended, the stream closes itself.
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), LINGER)
  stream.once('close', () => clearTimeout(timer))
}
