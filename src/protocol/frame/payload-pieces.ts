import type { HeldBytes } from '../bytes/held-bytes.ts'
import type { ProtocolPorts } from '../bytes/ports.ts'

/** Payloads up to this size are written in one piece: transports have buffers of that size. */
export const AT_ONCE = 250_000

/** Larger ones are written in pieces of this size, so that an output can reuse its buffers. */
const PIECE = 65_535

/** A piece of a payload that is to be written. */
export type PayloadPiece = Pick<HeldBytes, 'length' | 'write' | 'buffer'>

/** The pieces of a payload; held bytes have pieces of their own. */
export function piecesOf(bytes: Uint8Array | HeldBytes): Iterable<PayloadPiece> {
  if (!(bytes instanceof Uint8Array)) return bytes.parts ?? [bytes]
  const pieces: PayloadPiece[] = []
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE)
    pieces.push({ length: piece.length, write: (target, offset) => target.set(piece, offset) })
  }
  return pieces
}

/** The pieces of a text, none of which splits a surrogate pair. */
export function piecesOfText(text: string, ports: ProtocolPorts): Iterable<PayloadPiece> {
  const pieces: PayloadPiece[] = []
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = at + PIECE / 3
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--
    const piece = text.slice(at, end)
    const length = ports.textLength(piece)
    pieces.push({
      length,
      write: (target, offset) => void ports.writeText(piece, target, offset, length),
    })
  }
  return pieces
}
