import { GrowingBuffer } from '../protocol/growing-buffer.ts'
import type { HeldBytes, HeldPieces } from '../protocol/held-bytes.ts'
import { addParts, type Latin1Owner, Latin1Parts, PART } from './latin1-bytes.ts'

/** A piece from here on becomes strings of its own; smaller ones are put together first, or there could be too many. */
const LARGE = 16_384

/** A message that comes in pieces, held as strings. */
export class Latin1Pieces implements HeldPieces {
  length = 0
  readonly #owner: Latin1Owner
  readonly #whole: (bytes: HeldBytes) => void
  readonly #parts: HeldBytes[] = []
  /** What is too small for a string of its own. */
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
      addParts(this.#parts, bytes, start, end, this.#owner)
    }
  }

  finish(): void {
    this.#settle()
    this.#whole(new Latin1Parts(this.#parts, this.length, this.#owner))
  }

  #settle(): void {
    const small = this.#small
    addParts(this.#parts, small.bytes, 0, small.length, this.#owner)
    // Its memory goes on.
    small.length = 0
  }
}
