import type { BytesHolder, HeldBytes, HeldPieces } from '../protocol/held-bytes.ts'
import { latin1Text } from './buffer-text.ts'
import { addParts, Latin1Bytes, type Latin1Owner, Latin1Parts, PART } from './latin1-bytes.ts'
import { Latin1Pieces } from './latin1-pieces.ts'

/** Up to here V8 has a typed array on its own heap, which costs no more than a string there. */
const SMALL = 64

/**
 * Holds bytes as strings of Latin-1. A string lives and dies on V8's own heap; a buffer has its memory outside, which is
 * taken and given back piece by piece, and which the collector goes through everything for when it is much.
 */
export class Latin1Holder implements BytesHolder, Latin1Owner {
  /** Once somebody wanted the bytes of one message, it is likely that they want those of all. */
  wanted = false

  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined {
    const length = end - start
    if (this.wanted || length <= SMALL) return undefined
    if (length <= PART) return new Latin1Bytes(latin1Text(bytes, start, end), this)
    const parts: HeldBytes[] = []
    addParts(parts, bytes, start, end, this)
    return new Latin1Parts(parts, length, this)
  }

  gather(whole: (bytes: HeldBytes) => void): HeldPieces | undefined {
    return this.wanted ? undefined : new Latin1Pieces(this, whole)
  }
}
