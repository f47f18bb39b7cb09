import type { HeldBytes } from './held-bytes.ts'
import type { ProtocolPorts } from './ports.ts'

/** Large payloads are written in pieces of so many bytes, whose room an output may use again. */
const PIECE = 65_536

/** A piece of a payload that is to be written. */
export type PayloadPiece = Pick<HeldBytes, 'length' | 'write' | 'buffer'>

/** Of bytes. */
export function* piecesOfBytes(bytes: Uint8Array): Generator<PayloadPiece, void, undefined> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE)
    yield { length: piece.length, write: (target, offset) => target.set(piece, offset) }
  }
}

/** Of text, none of which cuts a pair of surrogates; `byteLength` is its length in UTF-8. */
export function* piecesOfText(
  text: string,
  byteLength: number,
  ports: ProtocolPorts,
): Generator<PayloadPiece, void, undefined> {
  const ascii = byteLength === text.length
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = at + (ascii ? PIECE : PIECE / 4)
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--
    const piece = text.slice(at, end)
    const length = ascii ? piece.length : ports.textLength(piece)
    yield { length, write: (target, offset) => void ports.writeText(piece, target, offset, length) }
  }
}
