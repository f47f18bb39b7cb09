import type { Http2ServerResponse } from 'node:http2'
import { negotiatedFields, type UpgradeAnswer } from '../../protocol/handshake/server-handshake.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import { http2Headers } from '../http/http2-headers.ts'
import { nextTurn } from '../stream/next-turn.ts'
import { acceptKey } from './accept-key.ts'

/** Accepts a request for a WebSocket on its stream (RFC 8441, section 5). Throws what the stream throws. */
export function acceptConnect({ req, stream }: Http2ServerResponse, answer: UpgradeAnswer): void {
  const headers = http2Headers(headersFrom(negotiatedFields(answer)))
  // HTTP/2 has no keys, but the WebSocket of Node 26 sends one, and fails without an answer to it.
  const key = req.headers['sec-websocket-key']
  if (key !== undefined) headers.set('Sec-WebSocket-Accept', acceptKey(key))
  stream.respond({
    ...Object.fromEntries(headers),
    'set-cookie': headers.getSetCookie(),
    ':status': 200,
  })
  // One that is reset with NO_ERROR would close only when it has been read to its end, and a socket may have paused.
  stream.once('aborted', () => nextTurn(() => stream.destroy()))
}
