import { encodeFrame } from '../protocol/frame-header.ts'
import { Opcode } from '../protocol/opcode.ts'
import type { WsMessage } from './ws-message.ts'

/** The whole frame of a message, unmasked. Apart from `WsMessage`, since bundles for browsers write no frames. */
export function encodeMessage(message: WsMessage): Uint8Array<ArrayBuffer> {
  return encodeFrame(message.mode === 'text' ? Opcode.TEXT : Opcode.BINARY, message.bytes())
}
