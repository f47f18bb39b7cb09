import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import type {
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
  ZlibPort,
} from '../../protocol/bytes/zlib-port.ts'
import { checkFinalBlocks, corrupt, inflateFailure, tooBig } from './inflate-failure.ts'
import { StreamHandle } from './stream-handle.ts'
import { ZlibOutput } from './zlib-output.ts'

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

/** The output of the message at hand: zlib is driven synchronously, so there is only one. */
const OUTPUT = new ZlibOutput()

/** Streams allocate an output buffer, which is not used here: so it is as small as can be. */
const UNUSED_OUTPUT = { chunkSize: constants.Z_MIN_CHUNK }

class HandleDeflater implements Deflater {
  readonly #handle: StreamHandle
  readonly #contextTakeover: boolean

  constructor({ windowBits, level, memLevel, contextTakeover }: DeflaterOptions) {
    this.#handle = new StreamHandle(() =>
      createDeflateRaw({ windowBits, level, memLevel, ...UNUSED_OUTPUT }),
    )
    this.#contextTakeover = contextTakeover
  }

  deflate(data: Uint8Array, scratch?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    OUTPUT.begin(scratch)
    try {
      this.#deflate(data)
      return OUTPUT.take(OUTPUT.length - TAIL_LENGTH)
    } finally {
      OUTPUT.end()
      if (!this.#contextTakeover) this.#handle.reset()
    }
  }

  close(): void {
    if (this.#contextTakeover) this.#handle.close()
  }

  #deflate(data: Uint8Array): void {
    const handle = this.#handle
    let offset = 0
    let full: boolean
    do {
      const { bytes } = OUTPUT
      handle.write(constants.Z_SYNC_FLUSH, data, offset, bytes, 0, bytes.length)
      offset = data.length - handle.inputLeft
      full = OUTPUT.fill(bytes.length - handle.outputLeft)
    } while (full)
  }
}

/** `00 00 ff ff`, which the sender takes off (RFC 7692, section 7.2.1). */
const TAIL_LENGTH = 4

/** That tail, put back (section 7.2.2), and a byte that no block can begin with. */
const TAIL_AND_STOP = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0xff)

class HandleInflater implements Inflater {
  readonly #handle: StreamHandle
  readonly #contextTakeover: boolean

  constructor({ windowBits, contextTakeover }: InflaterOptions) {
    this.#handle = new StreamHandle(() => createInflateRaw({ windowBits, ...UNUSED_OUTPUT }))
    this.#contextTakeover = contextTakeover
  }

  inflate(
    data: Uint8Array,
    maxLength: number,
    scratch?: Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> {
    OUTPUT.begin(scratch)
    try {
      this.#inflate(data, maxLength)
      return OUTPUT.take(OUTPUT.length)
    } catch (error) {
      throw inflateFailure(error, maxLength)
    } finally {
      OUTPUT.end()
      if (!this.#contextTakeover) this.#handle.reset()
    }
  }

  close(): void {
    if (this.#contextTakeover) this.#handle.close()
  }

  #inflate(data: Uint8Array, maxLength: number): void {
    this.#run(constants.Z_SYNC_FLUSH, data, maxLength)
    const { length } = OUTPUT
    // When the data ends as it should, the tail completes an empty block, and Z_BLOCK has zlib stop there. When it ends
    // with a final block, none of the tail is read; the next message then begins a new stream.
    const left = this.#run(constants.Z_BLOCK, TAIL_AND_STOP, maxLength)
    const completed = left === TAIL_AND_STOP.length - TAIL_LENGTH && OUTPUT.length === length
    if (!completed && left !== TAIL_AND_STOP.length) throw corrupt('it ends within a block')
  }

  /** Inflates `input`; returns how many bytes of it are left, none unless `flush` is Z_BLOCK. */
  #run(flush: number, input: Uint8Array, maxLength: number): number {
    const handle = this.#handle
    let offset = 0
    let finalBlocks = 0
    for (;;) {
      const { bytes, filled, length } = OUTPUT
      // Room for one byte more than allowed tells whether there is one.
      const end = Math.min(bytes.length, filled + maxLength - length + 1)
      handle.write(flush, input, offset, bytes, filled, end)
      offset = input.length - handle.inputLeft
      const full = OUTPUT.fill(end - handle.outputLeft)
      if (OUTPUT.length > maxLength) throw tooBig(maxLength)
      if (full) continue
      if (offset === input.length || flush === constants.Z_BLOCK) return input.length - offset
      // Neither out of input nor of room: that was a final block, and a new stream begins (section 7.2.3.4).
      checkFinalBlocks(++finalBlocks)
      handle.reset()
    }
  }
}
