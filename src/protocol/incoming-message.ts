import { GrowingBuffer } from './growing-buffer.ts'
import type { HeldPieces } from './held-bytes.ts'
import type { DataOpcode } from './opcode.ts'
import * as Opcode from './opcodes.ts'
import { Utf8Validator } from './utf8-validator.ts'

/** A message whose octets are not all there yet: fragments, or a frame that the transport cut. */
export class IncomingMessage {
  /** The reserved bits of its first frame. */
  readonly reserved: number
  /** What takes the octets instead of a buffer, if anything does: then `take` is not to be called. */
  readonly pieces: HeldPieces | undefined
  readonly #buffer = new GrowingBuffer()
  readonly #validator: Utf8Validator | undefined
  #high = 0

  /** Text with reserved bits is not checked here: it is UTF-8 only once an extension has changed it. */
  constructor(
    opcode: DataOpcode,
    reserved: number,
    isUtf8: (bytes: Uint8Array) => boolean,
    pieces?: HeldPieces,
  ) {
    this.reserved = reserved
    this.pieces = pieces
    if (opcode === Opcode.TEXT && reserved === 0) this.#validator = new Utf8Validator(isUtf8)
  }

  get length(): number {
    return this.pieces?.length ?? this.#buffer.length
  }

  /** True when every octet is known to be ASCII. */
  get ascii(): boolean {
    return this.#high === 0
  }

  /**
   * Adds octets, unmasked; `high` has bit 0x80 when they may not all be ASCII, `expected` is the total that is
   * announced. False with the first octet that cannot be UTF-8.
   */
  add(bytes: Uint8Array, start: number, end: number, high: number, expected: number): boolean {
    this.#high |= high
    if (this.#validator?.push(bytes, start, end) === false) return false
    if (this.pieces === undefined) this.#buffer.append(bytes, start, end, expected)
    else this.pieces.append(bytes, start, end)
    return true
  }

  /** True when text does not end within a character. */
  get endsWell(): boolean {
    return this.#validator?.complete !== false
  }

  /** All of it, in a buffer of exactly its size. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#buffer.take()
  }
}
