import { writeBytes } from './bytes.ts'

const SMALLEST = 256
/** What is allocated for an announced length is at most this many times what has arrived. */
const AHEAD = 4

const EMPTY = new Uint8Array(0)

/** Bytes gathered piece by piece. A length that a peer merely announces is not allocated at once: see `AHEAD`. */
export class GrowingBuffer {
  bytes: Uint8Array<ArrayBuffer> = EMPTY
  length = 0

  /** Appends `source[start, end)`; `expected` is the total that is announced, 0 for unknown. */
  append(source: Uint8Array, start: number, end: number, expected = 0): void {
    const needed = this.length + end - start
    if (needed > this.bytes.length) this.#grow(needed, expected)
    writeBytes(this.bytes, this.length, source, start, end)
    this.length = needed
  }

  /** What was gathered, in a buffer of exactly its size; this one is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.length === this.bytes.length ? this.bytes : this.bytes.slice(0, this.length)
    this.clear()
    return taken
  }

  clear(): void {
    this.bytes = EMPTY
    this.length = 0
  }

  #grow(needed: number, expected: number): void {
    const capacity = expected >= needed ? share(expected, needed * AHEAD) : needed * 2
    const grown = new Uint8Array(Math.max(capacity, Math.min(SMALLEST, expected || SMALLEST)))
    grown.set(this.bytes)
    this.bytes = grown
  }
}

/** `expected`, divided by `AHEAD` until it is at most `most`: growing by that factor ends exactly at `expected`. */
function share(expected: number, most: number): number {
  let part = expected
  while (part > most) part = Math.ceil(part / AHEAD)
  return part
}
