import { Buffer } from 'node:buffer'
import type { Writable } from 'node:stream'
import type { ByteOutput } from '../protocol/byte-output.ts'
import { releaseSlab, SLAB_SIZE, takeSlab } from './slab-pool.ts'

/** Bytes given by reference are copied up to here: one piece to write costs less than two. */
const COPIED = 4096

/** Outside of a chunk, buffers start small: many sockets may hold one at once. */
const SMALL = 1024

/**
 * What one socket is to write, gathered so that it goes out in one call. While a chunk of input is handled it is
 * written straight into a slab that all sockets share in turn.
 */
export class OutputBatch implements ByteOutput {
  position = 0
  readonly #stream: Writable
  #buffer: Buffer | undefined
  /** Where the unsealed part of the buffer begins. */
  #start = 0
  #pieces: Uint8Array[] | undefined
  #pieceBytes = 0
  /** True while a chunk of input is handled: nothing else runs until the flush, so a shared slab may be used. */
  withinChunk = false

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** Bytes gathered. */
  get length(): number {
    return this.#pieceBytes + this.position - this.#start
  }

  reserve(size: number): Buffer {
    const buffer = this.#buffer
    if (buffer !== undefined && this.position + size <= buffer.length) return buffer
    return this.#nextBuffer(size)
  }

  append(bytes: Uint8Array): void {
    if (this.withinChunk && bytes.length <= COPIED) {
      this.reserve(bytes.length).set(bytes, this.position)
      this.position += bytes.length
      return
    }
    this.#seal()
    this.#push(bytes)
  }

  /** Hands everything to the stream; true when the system took it all. */
  flush(): boolean {
    const stream = this.#stream
    const buffer = this.#buffer
    const pieces = this.#pieces
    if (pieces === undefined) {
      if (buffer !== undefined && this.position > this.#start) {
        stream.write(buffer.subarray(this.#start, this.position))
      }
    } else {
      this.#seal()
      this.#pieces = undefined
      if (this.#pieceBytes <= SLAB_SIZE && pieces.length > 1) this.#writeJoined(pieces)
      else writeAll(stream, pieces)
    }
    this.#reset()
    const taken = stream.writableLength === 0
    if (taken && buffer?.length === SLAB_SIZE) releaseSlab(buffer)
    return taken
  }

  #nextBuffer(size: number): Buffer {
    const last = this.#buffer
    this.#seal()
    let buffer: Buffer
    if (this.withinChunk && size <= SLAB_SIZE) {
      buffer = takeSlab()
    } else {
      const grown = Math.min((last?.length ?? 0) * 2, SLAB_SIZE / 4)
      buffer = Buffer.allocUnsafe(Math.max(size, grown, SMALL))
    }
    this.#buffer = buffer
    this.#start = 0
    this.position = 0
    return buffer
  }

  #seal(): void {
    if (this.#buffer === undefined || this.position === this.#start) return
    this.#push(this.#buffer.subarray(this.#start, this.position))
    this.#start = this.position
  }

  #push(bytes: Uint8Array): void {
    this.#pieces ??= []
    this.#pieces.push(bytes)
    this.#pieceBytes += bytes.length
  }

  #writeJoined(pieces: readonly Uint8Array[]): void {
    const slab = takeSlab()
    let length = 0
    for (const piece of pieces) {
      slab.set(piece, length)
      length += piece.length
    }
    this.#stream.write(slab.subarray(0, length))
    if (this.#stream.writableLength === 0) releaseSlab(slab)
  }

  #reset(): void {
    this.#buffer = undefined
    this.#pieceBytes = 0
    this.#start = 0
    this.position = 0
  }
}

function writeAll(stream: Writable, pieces: readonly Uint8Array[]): void {
  stream.cork()
  for (const piece of pieces) stream.write(piece)
  stream.uncork()
}
