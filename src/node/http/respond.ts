import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { formatResponse } from '../../protocol/handshake/server-handshake.ts'
import type { HeaderField } from '../../protocol/headers/header-field.ts'
import { cancelBody } from '../../websocket/support/cancel-body.ts'
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

/** How to answer. */
export interface Answering {
  /** Whether the request was a HEAD, to which a response has no body (RFC 9110, section 9.3.2). */
  readonly headOnly: boolean
  /** The response in place of one that cannot be sent. */
  readonly instead: (thrown: unknown) => Response
}

/**
 * Answers a request for an upgrade over HTTP, and closes the connection. A body that is not there as a whole is sent as it
 * is made: it may be long, and need not end. Rejects if it fails halfway.
 */
export async function respond(
  stream: Duplex,
  response: Response,
  { headOnly, instead }: Answering,
): Promise<void> {
  // What the peer still sends is read and dropped: closing with unread bytes could lose the response. When both sides
  // have ended, the stream closes itself.
  stream.resume()
  stream.once('end', () => linger(stream))
  const { head, first, rest } = await begin(stream, response).catch((thrown: unknown) =>
    begin(stream, instead(thrown)),
  )
  stream.write(head, 'latin1')
  if (headOnly) stream.end()
  else if (first && rest) await sendChunks(stream, first, rest)
  else stream.end(first)
  linger(stream)
}

/** What is known of a response before any of it is sent. */
interface Beginning {
  readonly head: string
  readonly first: Uint8Array | undefined
  /** Where more of the body may come from. */
  readonly rest: BodyReader | undefined
}

/** Rejects if the body cannot be read, or the head cannot be sent. */
async function begin(stream: Duplex, response: Response): Promise<Beginning> {
  const body = response.body?.getReader()
  stream.once('close', () => void cancelBody(body))
  const first = body && (await nextChunk(body))
  const rest = body && first && !(await isOver(body)) ? body : undefined
  const length = rest === undefined ? (first?.length ?? 0) : undefined
  return { head: headOf(response, length), first, rest }
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
