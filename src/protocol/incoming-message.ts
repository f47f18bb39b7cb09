import { GrowingBuffer } from './growing-buffer.ts'
import { type DataOpcode, Opcode } from './opcode.ts'
import { Utf8Validator } from './utf8-validator.ts'

/** A message whose octets are not all there yet: fragments, or a frame that the transport cut. */
export class IncomingMessage {
  readonly opcode: DataOpcode
  /** The reserved bits of its first frame. */
  readonly reserved: number
  readonly #buffer = new GrowingBuffer()
  readonly #validator: Utf8Validator | undefined
  #high = 0

  /** Text that an extension will change is not looked at: only what comes out of it is UTF-8. */
  constructor(opcode: DataOpcode, reserved: number, isUtf8: (bytes: Uint8Array) => boolean) {
    this.opcode = opcode
    this.reserved = reserved
    if (opcode === Opcode.TEXT && reserved === 0) this.#validator = new Utf8Validator(isUtf8)
  }

  get length(): number {
    return this.#buffer.length
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
    this.#buffer.append(bytes, start, end, expected)
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
