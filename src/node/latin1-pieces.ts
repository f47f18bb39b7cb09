import { GrowingBuffer } from '../protocol/growing-buffer.ts'
import type { HeldBytes, HeldPieces } from '../protocol/held-bytes.ts'
import { addParts, CopiedBytes, type Latin1Owner, Latin1Parts, PART } from './latin1-bytes.ts'

/** A piece from here on becomes strings of its own; smaller ones are put together first, or there could be too many. */
const LARGE = 16_384

/** From here on a message would outlive the collections of V8's young heap, which copy it, before it is whole. */
const MOST_AS_TEXT = 1_048_576

/** The same for all messages that are not whole, of all connections together: a full heap would end the process. */
const MOST_OF_ALL = 67_108_864

/** Bytes of these that are strings. */
let unfinished = 0

/** A message that comes in pieces, held as strings; past the bounds for those, as copies outside V8's heap. */
export class Latin1Pieces implements HeldPieces {
  length = 0
  readonly #owner: Latin1Owner
  readonly #whole: (bytes: HeldBytes) => void
  readonly #parts: HeldBytes[] = []
  /** Bytes of it that are strings. */
  #asText = 0
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
      this.#add(bytes, start, end)
    }
  }

  finish(ascii: boolean): void {
    this.#settle()
    this.#giveBack()
    this.#whole(new Latin1Parts(this.#parts, this.length, this.#owner, ascii))
  }

  abandon(): void {
    this.#giveBack()
  }

  #giveBack(): void {
    unfinished -= this.#asText
    this.#asText = 0
  }

  #settle(): void {
    const small = this.#small
    if (small.length > 0) this.#add(small.bytes, 0, small.length)
    // Its memory goes on.
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
