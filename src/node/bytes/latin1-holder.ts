import type { BytesHolder, HeldBytes, HeldPieces } from '../../protocol/bytes/held-bytes.ts'
import { latin1Text } from './buffer-text.ts'
import { addParts, Latin1Bytes, type Latin1Owner, Latin1Parts, PART } from './latin1-bytes.ts'
import { Latin1Pieces } from './latin1-pieces.ts'

/** Up to this size V8 keeps a typed array on its own heap: a string is no cheaper. */
const SMALL = 64

/**
 * Holds bytes as Latin-1 strings. A string is on V8's own heap, where short lives cost little. A buffer's memory is
 * outside: it is allocated and freed separately, and a lot of it causes full collections.
 */
export class Latin1Holder implements BytesHolder, Latin1Owner {
  /** If the bytes of one message were wanted, those of all are likely to be: from then on they are copied at once. */
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
