import type { ServerHttp2Stream } from 'node:http2'
import { negotiatedFields, type UpgradeAnswer } from '../../protocol/handshake/server-handshake.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import { http2Headers } from '../http/http2-headers.ts'

/** Accepts a request for a WebSocket on its stream (RFC 8441, section 5). Throws what the stream throws. */
export function acceptConnect(stream: ServerHttp2Stream, answer: UpgradeAnswer): void {
  const headers = http2Headers(headersFrom(negotiatedFields(answer)))
  stream.respond({
    ...Object.fromEntries(headers),
    'set-cookie': headers.getSetCookie(),
    ':status': 200,
  })
}
