import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { HeaderField } from '../protocol/handshake/header-field.ts'
import { formatResponse } from '../protocol/handshake/server-handshake.ts'
import { type BodyReader, nextChunk, sendChunks } from './send-chunks.ts'

/** How long a peer may take to read the rest of a response, in milliseconds. */
const LINGER = 5_000

/** Headers that are set here, whatever the response says. */
const FRAMING: readonly string[] = [
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
]

/** Statuses whose responses have neither a body nor a length (RFC 9110, sections 8.6 and 15.4.5). */
const BODILESS: readonly number[] = [204, 304]

/**
 * Answers a request for an upgrade over HTTP, and closes the connection. A body that is not there as a whole is sent as it
 * is made: it may be long, and need not end.
 */
export async function respond(stream: Duplex, response: Response): Promise<void> {
  const body = response.body?.getReader()
  // The source of the body is told that nobody wants it any more. If that fails, there is nobody left to tell.
  stream.once('close', () => void body?.cancel().catch(() => {}))
  // What the peer still sends is read and dropped: closing with unread bytes could lose the response. When both sides
  // have ended, the stream closes itself.
  stream.resume()
  stream.once('end', () => linger(stream))
  const first = body && (await nextChunk(body))
  const whole = !body || !first || (await isOver(body))
  stream.write(headOf(response, whole ? (first?.length ?? 0) : undefined), 'latin1')
  if (whole) stream.end(first)
  else await sendChunks(stream, first, body)
  linger(stream)
}

/** A body that was made of a string or of bytes is over within this turn, once that has been read. */
function isOver(body: BodyReader): Promise<boolean> {
  return Promise.race([body.closed.then(() => true), turn(false)])
}

/** Without a length, the body comes in chunks. */
function headOf(response: Response, length: number | undefined): string {
  const { headers, status, statusText } = response
  const fields: HeaderField[] = [...headers].filter(([name]) => !FRAMING.includes(name))
  fields.push(['Connection', headers.has('upgrade') ? 'Upgrade, close' : 'close'])
  if (length === undefined) fields.push(['Transfer-Encoding', 'chunked'])
  else if (!BODILESS.includes(status)) fields.push(['Content-Length', String(length)])
  return formatResponse(status, statusText || (STATUS_CODES[status] ?? ''), fields)
}

/** Gives both sides the time to finish. */
function linger(stream: Duplex): void {
  if (stream.destroyed) return
  const timer = setTimeout(() => stream.destroy(), LINGER)
  stream.once('close', () => clearTimeout(timer))
}
