import { GrowingBuffer } from '../bytes/growing-buffer.ts'
import type { HeldPieces } from '../bytes/held-bytes.ts'
import { Utf8Validator } from '../bytes/utf8-validator.ts'
import type { DataOpcode } from './opcode.ts'
import * as Opcode from './opcodes.ts'

/** A message that has not come completely: it is sent in fragments, or the transport has split its frame. */
export class IncomingMessage {
  /** The reserved bits of its first frame. */
  readonly reserved: number
  /** Takes the octets in place of the buffer, if there is one: then `take` must not be called. */
  readonly pieces: HeldPieces | undefined
  readonly #buffer = new GrowingBuffer()
  readonly #validator: Utf8Validator | undefined
  #high = 0

  /** Text with reserved bits is not validated: an extension has to decode it first. */
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
   * Adds unmasked octets. `high` has bit 0x80 unless all are known to be ASCII; `expected` is the total that is
   * announced. False as soon as an octet cannot be UTF-8.
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
