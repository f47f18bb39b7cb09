import type { CloseReason } from './close-reason.ts'
import type { CloseRecord } from './close-record.ts'
import type { Frame } from './frame.ts'
import type { HeldPieces } from './held-bytes.ts'
import type { DataOpcode } from './opcode.ts'
import type { Violation } from './violation.ts'

/** What a connection calls, in the order of the bytes. None of it may throw. */
export interface ConnectionSink {
  /**
   * A whole message, unmasked, text valid, in `bytes[start, end)`. The bytes are only lent, unless `owned`: then they
   * are the receiver's, and the message fills them. `ascii` says that text is known to be ASCII.
   */
  onMessage(
    opcode: DataOpcode,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void
  /**
   * Asked for each binary message, and each large text, that comes in pieces: what takes it, in place of `onMessage`;
   * `undefined` for a buffer.
   */
  gather?(opcode: DataOpcode): HeldPieces | undefined
  /** A frame of a connection in frame mode; it is the receiver's. */
  onFrame(frame: Frame): void
  /** A control frame that has been handled already; the payload is the receiver's. */
  onControl(opcode: number, payload: Uint8Array<ArrayBuffer>): void
  /** The peer broke the protocol or a limit; the answer becomes the cause in the record. */
  onViolation(violation: Violation, reason: CloseReason): Error
  /** Called once: nothing more will come, and all that is to be said to the peer is written. */
  onEnd(record: CloseRecord): void
}
