import type { Frame } from './frame.ts'
import { FIN } from './frame-header.ts'
import { isControl } from './opcode.ts'
import * as Opcode from './opcodes.ts'

/** Tracks a message that is sent in fragments: all but the first go out as continuations (RFC 6455, section 5.4). */
export class OutgoingFragments {
  #opcode = 0

  /** True between the first and the last fragment of a message. */
  get open(): boolean {
    return this.#opcode !== 0
  }

  /**
   * The first octet of `frame` on the wire. Throws a `TypeError` for anything but a frame, and for a data frame of
   * another type in the middle of a message.
   */
  firstOctet(frame: Frame): number {
    checkFrame(frame)
    const { opcode } = frame.frameType
    if (isControl(opcode)) return firstOctet(frame)
    if (this.#opcode !== 0 && this.#opcode !== opcode) {
      throw new TypeError(
        `a ${frame.type} frame within another message: send its last fragment first`,
      )
    }
    const onWire = this.#opcode === 0 ? opcode : Opcode.CONTINUATION
    this.#opcode = frame.fin ? 0 : opcode
    return firstOctet(frame, onWire)
  }
}

/** Throws a `TypeError` for anything but a frame: not every caller is type-checked. */
function checkFrame(frame: Frame): void {
  if (!frame?.frameType) throw new TypeError('a frame is made by Frame.Text and the like')
}

/** The first octet of a frame, with its own opcode or with another one. */
export function firstOctet(frame: Frame, opcode: number = frame.frameType.opcode): number {
  return (
    (frame.fin ? FIN : 0) |
    (frame.rsv1 ? 0x40 : 0) |
    (frame.rsv2 ? 0x20 : 0) |
    (frame.rsv3 ? 0x10 : 0) |
    opcode
  )
}
