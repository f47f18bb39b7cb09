import { constants as bufferConstants } from 'node:buffer'
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib'
import type {
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
  ZlibPort,
} from '../../protocol/bytes/zlib-port.ts'
import { concat } from './concat.ts'
import { checkFinalBlocks, inflateFailure, tooBig } from './inflate-failure.ts'
import { Window } from './window.ts'

/**
 * By zlib's public functions. They keep no window between calls. A compressor is given it as its dictionary; runtimes
 * that ignore that compress each message by itself. A decompressor first reads it, in a stored block; its own window is
 * the largest, which inflates them all. zlib has no raw compressor of 8 bits: Node takes that of 9, which will do. None
 * refers further back than its window less 262 bytes, its lookahead, and 512 - 262 is less than 256.
 */
export const publicZlib: ZlibPort = {
  deflater: (options) => new PublicDeflater(options),
  inflater: (options) => new PublicInflater(options),
}

class PublicDeflater implements Deflater {
  readonly #options: ZlibOptions
  readonly #window: Window | undefined

  constructor({ windowBits, level, memLevel, contextTakeover }: DeflaterOptions) {
    this.#options = { windowBits, level, memLevel, finishFlush: constants.Z_SYNC_FLUSH }
    this.#window = contextTakeover ? new Window(windowBits) : undefined
  }

  deflate(data: Uint8Array): Uint8Array<ArrayBuffer> {
    const deflated = deflateRawSync(data, { ...this.#options, dictionary: this.#window?.bytes })
    this.#window?.slide(data)
    return new Uint8Array(deflated.subarray(0, -4))
  }

  close(): void {
    // There is no more to free than this object.
  }
}

class PublicInflater implements Inflater {
  readonly #window: Window | undefined

  constructor({ windowBits, contextTakeover }: InflaterOptions) {
    this.#window = contextTakeover ? new Window(windowBits) : undefined
  }

  inflate(data: Uint8Array, maxLength: number): Uint8Array<ArrayBuffer> {
    try {
      return this.#inflate(concat([data, ENDING], data.length + ENDING.length), maxLength)
    } catch (error) {
      throw inflateFailure(error, maxLength)
    }
  }

  close(): void {
    // There is no more to free than this object.
  }

  #inflate(input: Uint8Array, maxLength: number): Uint8Array<ArrayBuffer> {
    const output: Uint8Array[] = []
    let length = 0
    let offset = 0
    let finalBlocks = 0
    for (;;) {
      const inflated = this.#inflateStream(input.subarray(offset), maxLength - length)
      output.push(inflated.output)
      length += inflated.output.length
      if (length > maxLength) throw tooBig(maxLength)
      offset += inflated.read
      if (offset === input.length) return concat(output, length)
      // Not our final block but one of the sender's: what follows is a new stream, with nothing in its window.
      this.#window?.clear()
      if (offset === input.length - ENDING.length) return concat(output, length)
      checkFinalBlocks(++finalBlocks)
    }
  }

  /** Inflates up to the first final block. */
  #inflateStream(input: Uint8Array, maxLength: number): Inflated {
    const before = this.#window?.bytes ?? NOTHING
    const options: ZlibOptions & { readonly info: true } = {
      info: true,
      maxOutputLength: Math.min(before.length + Math.max(maxLength, 1), bufferConstants.MAX_LENGTH),
    }
    const primed = before.length === 0 ? input : primedWith(before, input)
    const given: unknown = inflateRawSync(primed, options)
    const { buffer, engine } = given as InflateResult // zlib's types leave out what its option `info` does
    const output = buffer.subarray(before.length)
    this.#window?.slide(output)
    return { output, read: engine.bytesWritten - (primed.length - input.length) }
  }
}

const NOTHING = new Uint8Array()

/** The input behind the window, in a stored block (RFC 1951, section 3.2.4) for references to reach into: one holds it. */
function primedWith(before: Uint8Array, input: Uint8Array): Uint8Array {
  const { length } = before
  const header = Uint8Array.of(0x00, length, length >> 8, ~length, ~length >> 8)
  return concat([header, before, input], header.length + length + input.length)
}

interface Inflated {
  readonly output: Uint8Array
  /** How many bytes of the input. */
  readonly read: number
}

/**
 * `00 00 ff ff`, which the sender took off (RFC 7692, section 7.2.2), then an empty final block: zlib must come to its
 * end, so that a message which was cut is hardly ever taken for a whole one.
 */
const ENDING = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00)

interface InflateResult {
  readonly buffer: Uint8Array
  /** `bytesWritten` counts the input that was read. */
  readonly engine: { readonly bytesWritten: number }
}
