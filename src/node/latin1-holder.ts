import { Buffer } from 'node:buffer'
import type { BytesHolder, HeldBytes } from '../protocol/held-bytes.ts'

/** Up to here V8 has a typed array on its own heap, which costs no more than a string there. */
const SMALL = 64

/**
 * Holds bytes as strings of Latin-1. A string lives and dies on V8's own heap; a buffer has its memory outside, which is
 * taken and given back piece by piece, and which the collector goes through everything for when it is much.
 */
export class Latin1Holder implements BytesHolder {
  /** Once somebody wanted the bytes of one message, it is likely that they want those of all. */
  wanted = false

  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined {
    if (this.wanted || end - start <= SMALL) return undefined
    return new Latin1Bytes(asBuffer(bytes).toString('latin1', start, end), this)
  }
}

class Latin1Bytes implements HeldBytes {
  readonly #text: string
  readonly #holder: Latin1Holder

  constructor(text: string, holder: Latin1Holder) {
    this.#text = text
    this.#holder = holder
  }

  get length(): number {
    return this.#text.length
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.#holder.wanted = true
    const copy = new Uint8Array(this.#text.length)
    this.write(copy, 0)
    return copy
  }

  write(target: Uint8Array, offset: number): void {
    asBuffer(target).write(this.#text, offset, 'latin1')
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
