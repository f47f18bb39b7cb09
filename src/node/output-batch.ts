import { Buffer } from 'node:buffer'
import type { Writable } from 'node:stream'
import type { ByteOutput } from '../protocol/byte-output.ts'
import { writesItself } from './direct-write.ts'
import { joinPieces, releaseJoined } from './joined-pieces.ts'
import { LARGE_SLAB_SIZE, releaseSlab, SLAB_SIZE, takeSlab } from './slab-pool.ts'
import { type WaysOfWriting, writeBy } from './ways-of-writing.ts'

/** Bytes given by reference are copied up to here: one piece to write costs less than two. */
const COPIED = 4096

/** Where no slab may be used, buffers start small: many sockets may hold one at once. */
const SMALL = 1024

/** What fills most of a slab may have one at any time. */
const MOST_OF_A_SLAB = SLAB_SIZE / 2

/** Called with what went wrong with a write, if anything. */
type Written = (error?: Error | null) => void

/**
 * What one socket is to write, gathered so that it goes out in one call. While a chunk of its input is handled, it is
 * gathered in a slab, a buffer that sockets use in turn.
 */
export class OutputBatch implements ByteOutput {
  position = 0
  #stream: Writable
  #ways: WaysOfWriting
  #buffer: Buffer | undefined
  /** Where the part of the buffer begins that is not in `#pieces` yet. */
  #start = 0
  /** Slabs that are full. */
  #full: Buffer[] | undefined
  #pieces: Uint8Array[] | undefined
  #pieceBytes = 0
  /** True while a chunk of the socket's input is handled: that is one batch at a time, so it may use a slab. */
  mayUseSlab = false

  constructor(stream: Writable, ways: WaysOfWriting) {
    this.#stream = stream
    this.#ways = ways
  }

  /** Serves another stream from here on; only while it is empty. */
  attach(stream: Writable, ways: WaysOfWriting): void {
    this.#stream = stream
    this.#ways = ways
    this.mayUseSlab = false
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
    if (this.mayUseSlab && bytes.length <= COPIED) {
      this.reserve(bytes.length).set(bytes, this.position)
      this.position += bytes.length
      return
    }
    this.#seal()
    this.#push(bytes)
  }

  /** Hands everything to the stream; true when the system took it all. `written` is called when it has. */
  flush(written?: Written): boolean {
    const stream = this.#stream
    const buffer = this.#buffer
    const full = this.#full
    const pieces = this.#pieces
    const from = this.#start
    const to = this.position
    if (pieces !== undefined) this.#seal()
    const length = this.#pieceBytes
    // Before the write: a stream in memory may bring the peer's answer within it.
    this.discard()
    if (pieces === undefined) {
      if (buffer !== undefined) this.#write(buffer.subarray(from, to), written)
    } else if (length <= SLAB_SIZE) {
      this.#writeJoined(pieces, length, written)
    } else {
      writeAll(stream, pieces, written)
    }
    const taken = stream.writableLength === 0
    if (taken && this.#keepsNothing) {
      if (buffer !== undefined) releaseSlab(buffer)
      full?.forEach(releaseSlab)
    }
    return taken
  }

  /** Forgets everything. */
  discard(): void {
    this.#buffer = undefined
    this.#full = undefined
    this.#pieces = undefined
    this.#pieceBytes = 0
    this.#start = 0
    this.position = 0
  }

  #nextBuffer(size: number): Buffer {
    this.#spill()
    const last = this.#buffer
    this.#seal()
    let buffer: Buffer
    if (this.#ways.slabs && (this.mayUseSlab || size > MOST_OF_A_SLAB) && size <= LARGE_SLAB_SIZE) {
      if (last !== undefined) {
        this.#full ??= []
        this.#full.push(last)
      }
      // What fills one is likely to be a lot.
      buffer = takeSlab(last === undefined ? size : LARGE_SLAB_SIZE)
    } else {
      const grown = Math.min((last?.length ?? 0) * 2, SLAB_SIZE / 4)
      buffer = Buffer.allocUnsafe(Math.max(size, grown, SMALL))
    }
    this.#buffer = buffer
    this.#start = 0
    this.position = 0
    return buffer
  }

  /** Writes a lot before there is more of it: what the system takes leaves its memory to what follows. */
  #spill(): void {
    if (this.length < LARGE_SLAB_SIZE || !this.#ways.slabs) return
    const { writableLength, writableEnded, destroyed } = this.#stream
    if (writableLength === 0 && !writableEnded && !destroyed) this.flush()
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

  #write(bytes: Uint8Array, written: Written | undefined): void {
    writeBy(this.#ways, this.#stream, bytes, written)
  }

  #writeJoined(pieces: readonly Uint8Array[], length: number, written?: Written): void {
    const [first] = pieces
    if (first !== undefined && pieces.length === 1) {
      this.#write(first, written)
    } else if (this.#keepsNothing) {
      const joined = joinPieces(pieces, length)
      this.#write(joined.bytes, written)
      if (this.#stream.writableLength === 0) releaseJoined(joined)
    } else {
      this.#write(Buffer.concat(pieces, length), written)
    }
  }

  /** Whether the stream keeps nothing of what it took. */
  get #keepsNothing(): boolean {
    return this.#ways.slabs && writesItself(this.#stream)
  }
}

function writeAll(stream: Writable, pieces: readonly Uint8Array[], written?: Written): void {
  const last = pieces.length - 1
  // A stream that was corked puts even a single piece into lists.
  if (last > 0) stream.cork()
  for (const [i, piece] of pieces.entries()) stream.write(piece, i === last ? written : undefined)
  if (last > 0) stream.uncork()
}
