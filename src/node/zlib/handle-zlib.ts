import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import type {
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
  ZlibPort,
} from '../../protocol/zlib-port.ts'
import { concat } from './concat.ts'
import { checkFinalBlocks, corrupt, inflateFailure, tooBig } from './inflate-failure.ts'
import { deflaterWindowBits } from './public-zlib.ts'
import { StreamHandle } from './stream-handle.ts'

/**
 * By the native handles of zlib streams. A connection that keeps its window has its own; all others share one, which is
 * reset after each message, so that nothing of one connection is left for the next.
 */
export const handleZlib: ZlibPort = {
  deflater(options) {
    if (options.contextTakeover) return new HandleDeflater(options)
    const { windowBits, level, memLevel } = options
    const key = `${windowBits} ${level} ${memLevel}`
    const deflater = deflaters.get(key) ?? new HandleDeflater(options)
    deflaters.set(key, deflater)
    return deflater
  },
  inflater(options) {
    if (options.contextTakeover) return new HandleInflater(options)
    // The largest window inflates them all.
    inflater ??= new HandleInflater({ windowBits: 15, contextTakeover: false })
    return inflater
  },
}

const deflaters = new Map<string, Deflater>()
let inflater: Inflater | undefined

/** zlib writes here; what it wrote is copied out before anything else can run. */
const SCRATCH = new Uint8Array(65_536)

/** Streams have an output buffer of their own, which a handle driven like this never uses. */
const UNUSED_OUTPUT = { chunkSize: constants.Z_MIN_CHUNK }

class HandleDeflater implements Deflater {
  readonly #handle: StreamHandle
  readonly #contextTakeover: boolean

  constructor({ windowBits, level, memLevel, contextTakeover }: DeflaterOptions) {
    const bits = deflaterWindowBits(windowBits)
    this.#handle = new StreamHandle(
      createDeflateRaw({ windowBits: bits, level, memLevel, ...UNUSED_OUTPUT }),
    )
    this.#contextTakeover = contextTakeover
  }

  deflate(data: Uint8Array): Uint8Array<ArrayBuffer> {
    try {
      return this.#deflate(data)
    } finally {
      if (!this.#contextTakeover) this.#handle.reset()
    }
  }

  close(): void {
    if (this.#contextTakeover) this.#handle.close()
  }

  #deflate(data: Uint8Array): Uint8Array<ArrayBuffer> {
    const handle = this.#handle
    const chunks: Uint8Array[] = []
    let offset = 0
    for (;;) {
      handle.write(constants.Z_SYNC_FLUSH, data, offset, SCRATCH, 0, SCRATCH.length)
      if (handle.outputLeft > 0) break
      chunks.push(SCRATCH.slice())
      offset = data.length - handle.inputLeft
    }
    const last = SCRATCH.length - handle.outputLeft
    if (chunks.length === 0) return SCRATCH.slice(0, last - TAIL_LENGTH)
    const length = chunks.length * SCRATCH.length + last - TAIL_LENGTH
    return concat([...chunks, SCRATCH.subarray(0, last)], length)
  }
}

/** `00 00 ff ff`, which the sender takes off (RFC 7692, section 7.2.1). */
const TAIL_LENGTH = 4

/** That tail, put back (section 7.2.2), and a byte that cannot begin a block. */
const TAIL_AND_STOP = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0xff)

class HandleInflater implements Inflater {
  readonly #handle: StreamHandle
  readonly #contextTakeover: boolean
  /** Of the message at hand: what `SCRATCH` was filled with before, how far it is filled, both together in bytes. */
  #chunks: Uint8Array[] = []
  #filled = 0
  #length = 0

  constructor({ windowBits, contextTakeover }: InflaterOptions) {
    this.#handle = new StreamHandle(createInflateRaw({ windowBits, ...UNUSED_OUTPUT }))
    this.#contextTakeover = contextTakeover
  }

  inflate(data: Uint8Array, maxLength: number): Uint8Array<ArrayBuffer> {
    this.#filled = 0
    this.#length = 0
    try {
      return this.#inflate(data, maxLength)
    } catch (error) {
      throw inflateFailure(error, maxLength)
    } finally {
      if (this.#chunks.length > 0) this.#chunks = []
      if (!this.#contextTakeover) this.#handle.reset()
    }
  }

  close(): void {
    if (this.#contextTakeover) this.#handle.close()
  }

  #inflate(data: Uint8Array, maxLength: number): Uint8Array<ArrayBuffer> {
    this.#run(constants.Z_SYNC_FLUSH, data, maxLength)
    const length = this.#length
    // When the data ends as it should, the tail completes an empty block, and Z_BLOCK has zlib stop there. When it ends
    // with a final block, none of the tail is read; the next message then begins a new stream.
    const left = this.#run(constants.Z_BLOCK, TAIL_AND_STOP, maxLength)
    const completed = left === TAIL_AND_STOP.length - TAIL_LENGTH && this.#length === length
    if (!completed && left !== TAIL_AND_STOP.length) throw corrupt('it ends within a block')
    if (this.#chunks.length === 0) return SCRATCH.slice(0, length)
    return concat([...this.#chunks, SCRATCH.subarray(0, this.#filled)], length)
  }

  /** Inflates `input`; returns how many bytes of it are left, none unless `flush` is Z_BLOCK. */
  #run(flush: number, input: Uint8Array, maxLength: number): number {
    const handle = this.#handle
    let offset = 0
    let finalBlocks = 0
    for (;;) {
      const start = this.#filled
      // Room for one byte more than allowed tells whether there is one.
      const end = Math.min(SCRATCH.length, start + maxLength - this.#length + 1)
      handle.write(flush, input, offset, SCRATCH, start, end)
      this.#filled = end - handle.outputLeft
      this.#length += this.#filled - start
      if (this.#length > maxLength) throw tooBig(maxLength)
      offset = input.length - handle.inputLeft
      if (this.#filled === SCRATCH.length) {
        this.#chunks.push(SCRATCH.slice())
        this.#filled = 0
      } else if (offset === input.length || flush === constants.Z_BLOCK) {
        return input.length - offset
      } else {
        // Neither out of input nor of room: that was a final block, and a new stream begins (section 7.2.3.4).
        checkFinalBlocks(++finalBlocks)
        handle.reset()
      }
    }
  }
}
