import { truncatedReason } from '../protocol/close/reason.ts'
import { WebSocketProtocolException } from '../websocket/errors.ts'

/** In the texts for malformed content. */
const MALFORMED = /UTF-8|compressed data/

/**
 * What Bun has refused, from the text that it reports with a 1006: it has closed with 1009, 1007 or 1002, and that text.
 * `undefined` for a connection that was lost.
 */
export function refusal(text: string): WebSocketProtocolException | undefined {
  if (!text.startsWith('Received ') || text.startsWith('Received TCP FIN')) return undefined
  const code = text.includes('too big message') ? 1009 : MALFORMED.test(text) ? 1007 : 1002
  return new WebSocketProtocolException(truncatedReason(code, text), `Bun: ${text}`)
}
