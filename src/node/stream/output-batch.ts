import { Buffer } from 'node:buffer'
import type { Writable } from 'node:stream'
import type { ByteOutput } from '../../protocol/bytes/byte-output.ts'
import { hasOriginalWrite } from './direct-write.ts'
import { joinPieces, releaseJoined } from './joined-pieces.ts'
import { LARGE_SLAB_SIZE, releaseSlab, SLAB_SIZE, takeSlab } from './slab-pool.ts'
import { type WriteMode, writeIn } from './write-mode.ts'

/** Bytes given by reference are copied up to this size: writing one piece costs less than writing two. */
const COPIED = 4096

/** Where no slab may be used, buffers start small: many sockets may hold one at once. */
const SMALL = 1024

/** Output that fills most of a slab may use one at any time. */
const MOST_OF_A_SLAB = SLAB_SIZE / 2

/** Called with what went wrong with a write, if anything. */
type Written = (error?: Error | null) => void

/**
 * The output of one socket, gathered to be written in one call. While a chunk of the socket's input is handled, it is
 * gathered in a slab, a buffer that sockets use in turn.
 */
export class OutputBatch implements ByteOutput {
  position = 0
  #stream: Writable
  #mode: WriteMode
  #buffer: Buffer | undefined
  /** Where the part of the buffer begins that is not in `#pieces` yet. */
  #start = 0
  /** Slabs that are full. */
  #full: Buffer[] | undefined
  #pieces: Uint8Array[] | undefined
  #pieceBytes = 0
  /** True while a chunk of the socket's input is handled. That is true for one batch at a time, so it may use a slab. */
  mayUseSlab = false

  constructor(stream: Writable, mode: WriteMode) {
    this.#stream = stream
    this.#mode = mode
  }

  /** Gathers for another stream from here on. Only while it is empty. */
  attach(stream: Writable, mode: WriteMode): void {
    this.#stream = stream
    this.#mode = mode
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
    // Before the write, during which a stream in memory may bring the peer's answer.
    this.discard()
    if (pieces === undefined) {
      if (buffer !== undefined) this.#write(buffer.subarray(from, to), written)
    } else if (length <= SLAB_SIZE) {
      this.#writeJoined(pieces, length, written)
    } else {
      writeAll(stream, pieces, written)
    }
    const taken = stream.writableLength === 0
    if (taken && this.#mayReuse()) {
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
    if (this.#mode.slabs && (this.mayUseSlab || size > MOST_OF_A_SLAB) && size <= LARGE_SLAB_SIZE) {
      if (last !== undefined) {
        this.#full ??= []
        this.#full.push(last)
      }
      // After one slab is full, a lot more is likely to come.
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

  /** Writes a lot of output early: if the system takes it, its memory can be used for what follows. */
  #spill(): void {
    if (this.length < LARGE_SLAB_SIZE || !this.#mode.slabs) return
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
    writeIn(this.#mode, this.#stream, bytes, written)
  }

  #writeJoined(pieces: readonly Uint8Array[], length: number, written?: Written): void {
    const [first] = pieces
    if (first !== undefined && pieces.length === 1) {
      this.#write(first, written)
    } else if (this.#mayReuse()) {
      const joined = joinPieces(pieces, length)
      this.#write(joined.bytes, written)
      if (this.#stream.writableLength === 0) releaseJoined(joined)
    } else {
      this.#write(Buffer.concat(pieces, length), written)
    }
  }

  /** Whether memory may be used again once the stream has taken it: nobody else keeps what is written. */
  #mayReuse(): boolean {
    return this.#mode.slabs && hasOriginalWrite(this.#stream)
  }
}

function writeAll(stream: Writable, pieces: readonly Uint8Array[], written?: Written): void {
  const last = pieces.length - 1
  // Not for a single piece, which a corked stream would put into lists.
  if (last > 0) stream.cork()
  for (const [i, piece] of pieces.entries()) stream.write(piece, i === last ? written : undefined)
  if (last > 0) stream.uncork()
}
