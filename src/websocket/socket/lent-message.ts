import { copyBytes } from '../../protocol/bytes/bytes.ts'
import type { BytesHolder } from '../../protocol/bytes/held-bytes.ts'
import type { DataOpcode } from '../../protocol/frame/opcode.ts'
import * as Opcode from '../../protocol/frame/opcodes.ts'
import { WsMessage } from '../ws-message.ts'

/** Text is decoded as soon as it is whole, since most of it is read. Only longer text may be held as bytes. */
const LARGE_TEXT = 131_072

/** Whether a message may be held as it comes in pieces, whose first frame has `length` octets. */
export function isWorthHolding(opcode: DataOpcode, length: number): boolean {
  return opcode === Opcode.BINARY || length >= LARGE_TEXT
}

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
