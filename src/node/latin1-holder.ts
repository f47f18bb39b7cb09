import { Buffer } from 'node:buffer'
import type { BytesHolder, HeldBytes } from '../protocol/held-bytes.ts'

/** Up to here V8 has a typed array on its own heap, which costs no more than a string there. */
const SMALL = 64

/** What is larger goes into several: V8 takes memory of its own from the system for each string of 128 KiB or more. */
const PART = 65_536

/**
 * Holds bytes as strings of Latin-1. A string lives and dies on V8's own heap; a buffer has its memory outside, which is
 * taken and given back piece by piece, and which the collector goes through everything for when it is much.
 */
export class Latin1Holder implements BytesHolder {
  /** Once somebody wanted the bytes of one message, it is likely that they want those of all. */
  wanted = false

  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined {
    const length = end - start
    if (this.wanted || length <= SMALL) return undefined
    const buffer = asBuffer(bytes)
    if (length <= PART) return new Latin1Bytes(buffer.toString('latin1', start, end), this)
    const parts: HeldBytes[] = []
    for (let at = start; at < end; at += PART) {
      parts.push(new Latin1Bytes(buffer.toString('latin1', at, Math.min(at + PART, end)), this))
    }
    return new Latin1Parts(parts, length, this)
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

class Latin1Parts implements HeldBytes {
  readonly length: number
  readonly #parts: readonly HeldBytes[]
  readonly #holder: Latin1Holder

  constructor(parts: readonly HeldBytes[], length: number, holder: Latin1Holder) {
    this.#parts = parts
    this.length = length
    this.#holder = holder
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.#holder.wanted = true
    const copy = new Uint8Array(this.length)
    this.write(copy, 0)
    return copy
  }

  write(target: Uint8Array, offset: number): void {
    let at = offset
    for (const part of this.#parts) {
      part.write(target, at)
      at += part.length
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
