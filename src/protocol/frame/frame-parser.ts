import type { Violation } from '../close/violation.ts'
import { FIN, MASKED, MAX_CONTROL_PAYLOAD, MAX_HEADER, RSV } from './frame-header.ts'
import { type FrameType, frameTypeOf } from './frame-type.ts'
import { isControl } from './opcode.ts'
import * as Opcode from './opcodes.ts'

/** Options of `FrameParser`. */
export interface FrameParserOptions {
  /** True if frames must be masked, false if they must not be (RFC 6455, section 5.1). Default: either is fine. */
  readonly masked?: boolean | undefined
  /** The reserved bits (of 0x70) that extensions claim, for the first frame of a message. Default none. */
  readonly reserved?: number | undefined
}

/**
 * Parses frame headers (RFC 6455, section 5.2), which may be split anywhere. `frame` takes header octets until
 * `bodyReady`; then the caller reads `length` octets of payload and calls `bodyComplete`. If the peer breaks the
 * protocol, `violation` is set, and nothing more is parsed.
 */
export class FrameParser {
  fin = false
  /** The reserved bits as in the first octet: 0x40, 0x20, 0x10. */
  reserved = 0
  /** As on the wire: 0 for a continuation. */
  opcode = 0
  mask = false
  /** Payload octets; not exact above 2^53. */
  length = 0
  /** For `applyMask`; 0 when not masked. */
  maskKey = 0
  bodyReady = false
  violation: Violation | undefined = undefined
  /** Opcode of the message whose fragments are arriving, 0 for none. */
  messageOpcode = 0

  #masked: boolean | undefined
  #allowed = 0
  #partial: Uint8Array | undefined
  #have = 0

  constructor(options: FrameParserOptions = {}) {
    this.configure(options)
  }

  /** Sets the rules for the headers that follow. */
  configure({ masked, reserved = 0 }: FrameParserOptions): void {
    this.#masked = masked
    this.#allowed = reserved
  }

  /** True between messages: no header, frame or message is unfinished. */
  get idle(): boolean {
    return !(this.bodyReady || this.#have || this.messageOpcode || this.violation)
  }

  get rsv1(): boolean {
    return (this.reserved & 0x40) !== 0
  }

  get rsv2(): boolean {
    return (this.reserved & 0x20) !== 0
  }

  get rsv3(): boolean {
    return (this.reserved & 0x10) !== 0
  }

  /** The type of the frame; a continuation has that of its message. Throws when no header was read. */
  get frameType(): FrameType {
    const type = frameTypeOf(this.opcode || this.messageOpcode)
    if (type === undefined) throw new Error('no header was read')
    return type
  }

  /** Takes header octets from `bytes[offset, end)`; returns where it stopped. */
  frame(bytes: Uint8Array, offset: number, end: number): number {
    if (this.bodyReady || this.violation) return offset
    if (this.#have === 0 && end - offset >= 2) {
      const second = bytes[offset + 1]!
      if (!this.#begin(bytes[offset]!, second)) return offset
      const size = headerSize(second)
      if (end - offset >= size) {
        this.#finish(bytes, offset)
        return offset + size
      }
    }
    return this.#collect(bytes, offset, end)
  }

  /** Call this when the payload has been read: the next header may follow. Throws when no header was read. */
  bodyComplete(): void {
    if (!this.bodyReady) throw new Error('no header was read')
    if (!isControl(this.opcode)) {
      if (this.fin) this.messageOpcode = 0
      else if (this.opcode !== Opcode.CONTINUATION) this.messageOpcode = this.opcode
    }
    this.bodyReady = false
  }

  #collect(bytes: Uint8Array, start: number, end: number): number {
    let offset = start
    this.#partial ??= new Uint8Array(MAX_HEADER)
    const header = this.#partial
    while (offset < end) {
      header[this.#have++] = bytes[offset++]!
      if (this.#have === 2 && !this.#begin(header[0]!, header[1]!)) return offset
      if (this.#have === headerSize(header[1]!)) {
        this.#finish(header, 0)
        this.#have = 0
        return offset
      }
    }
    return offset
  }

  /** Checks the first two octets; false for a violation. */
  #begin(first: number, second: number): boolean {
    const opcode = first & 0x0f
    const reserved = first & RSV
    const fin = (first & FIN) !== 0
    const control = isControl(opcode)
    // Only the first frame of a message may have any.
    const allowed = control || opcode === Opcode.CONTINUATION ? 0 : this.#allowed
    if ((reserved & ~allowed) !== 0) {
      return this.#violate(`reserved bits ${bitNames(reserved)} that no extension gives a meaning`)
    }
    if (opcode > (control ? Opcode.PONG : Opcode.BINARY)) {
      return this.#violate(`reserved opcode 0x${opcode.toString(16)}`)
    }
    if (control) {
      if (!fin) return this.#violate('control frames cannot be fragmented')
      if ((second & 0x7f) > MAX_CONTROL_PAYLOAD) {
        return this.#violate('control frames cannot carry more than 125 bytes')
      }
    } else if (opcode === Opcode.CONTINUATION) {
      if (this.messageOpcode === 0) {
        return this.#violate('continuation without a message')
      }
    } else if (this.messageOpcode !== 0) {
      return this.#violate('a message within another message')
    }
    const masked = (second & MASKED) !== 0
    if (this.#masked !== undefined && masked !== this.#masked) {
      return this.#violate(
        masked ? 'frames from a server must not be masked' : 'frames from a client must be masked',
      )
    }
    this.fin = fin
    this.reserved = reserved
    this.opcode = opcode
    this.mask = masked
    return true
  }

  /** Reads length and key from a whole header. */
  #finish(header: Uint8Array, start: number): void {
    let offset = start + 2
    let length = header[start + 1]! & 0x7f
    /** The shortest payload that needs a length of this form. */
    let least = 0
    if (length === 126) {
      length = (header[offset]! << 8) | header[offset + 1]!
      offset += 2
      least = 126
    } else if (length === 127) {
      const high = word(header, offset)
      length = high * 0x1_0000_0000 + word(header, offset + 4)
      offset += 8
      if (high >= 0x8000_0000) {
        this.#violate('the first bit of a 64-bit length must be 0')
        return
      }
      least = 0x1_0000
    }
    if (length < least) {
      this.#violate(`length ${length} in more octets than it needs`)
      return
    }
    this.length = length
    this.maskKey = this.mask
      ? header[offset]! |
        (header[offset + 1]! << 8) |
        (header[offset + 2]! << 16) |
        (header[offset + 3]! << 24)
      : 0
    this.bodyReady = true
  }

  #violate(message: string): boolean {
    this.violation = { code: 1002, message }
    return false
  }
}

function headerSize(second: number): number {
  const length = second & 0x7f
  const base = length < 126 ? 2 : length === 126 ? 4 : 10
  return (second & MASKED) !== 0 ? base + 4 : base
}

function word(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset]! << 24) |
      (bytes[offset + 1]! << 16) |
      (bytes[offset + 2]! << 8) |
      bytes[offset + 3]!) >>>
    0
  )
}

function bitNames(reserved: number): string {
  return ['RSV1', 'RSV2', 'RSV3'].filter((_, i) => (reserved & (0x40 >> i)) !== 0).join(', ')
}
