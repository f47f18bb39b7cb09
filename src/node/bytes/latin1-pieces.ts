import { GrowingBuffer } from '../../protocol/bytes/growing-buffer.ts'
import type { HeldBytes, HeldPieces } from '../../protocol/bytes/held-bytes.ts'
import { addParts, CopiedBytes, type Latin1Owner, Latin1Parts, PART } from './latin1-bytes.ts'

/** A piece of at least this many bytes becomes strings of its own; smaller ones are joined first, to keep strings few. */
const LARGE = 16_384

/** How much of one message may be held as strings: V8's collections of young objects would copy more than that. */
const MOST_AS_TEXT = 1_048_576

/** How much of all unfinished messages together may be held as strings: a full heap would end the process. */
const MOST_OF_ALL = 67_108_864

/** How much of them is held as strings now. */
let unfinished = 0

/** A message that comes in pieces, held as strings; past those bounds, as copies outside of V8's heap. */
export class Latin1Pieces implements HeldPieces {
  length = 0
  readonly #owner: Latin1Owner
  readonly #whole: (bytes: HeldBytes) => void
  readonly #parts: HeldBytes[] = []
  /** How much of this message is held as strings. */
  #asText = 0
  /** Pieces too small for a string of their own, joined. */
  readonly #small = new GrowingBuffer()

  constructor(owner: Latin1Owner, whole: (bytes: HeldBytes) => void) {
    this.#owner = owner
    this.#whole = whole
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.length += end - start
    if (end - start < LARGE) {
      this.#small.append(bytes, start, end)
      if (this.#small.length >= PART) this.#settle()
    } else {
      this.#settle()
      this.#add(bytes, start, end)
    }
  }

  finish(ascii: boolean): void {
    this.#settle()
    unfinished -= this.#asText
    this.#whole(new Latin1Parts(this.#parts, this.length, this.#owner, ascii))
  }

  abandon(): void {
    unfinished -= this.#asText
  }

  #settle(): void {
    const small = this.#small
    if (small.length > 0) this.#add(small.bytes, 0, small.length)
    // Its memory is used again.
    small.length = 0
  }

  #add(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#asText + length > MOST_AS_TEXT || unfinished + length > MOST_OF_ALL) {
      this.#parts.push(new CopiedBytes(bytes, start, end))
      return
    }
    this.#asText += length
    unfinished += length
    addParts(this.#parts, bytes, start, end, this.#owner)
  }
}
