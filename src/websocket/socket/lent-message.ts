import { copyBytes } from '../../protocol/bytes/bytes.ts'
import type { BytesHolder } from '../../protocol/bytes/held-bytes.ts'
import { WsMessage } from '../ws-message.ts'

/** A binary message of bytes that are only lent: held, or else copied. */
export function lentMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  holder: BytesHolder | undefined,
): WsMessage {
  const held = holder?.hold(bytes, start, end)
  return held === undefined
    ? WsMessage.received(copyBytes(bytes, start, end))
    : WsMessage.holding(held)
}
