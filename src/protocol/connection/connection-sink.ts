import type { HeldPieces } from '../bytes/held-bytes.ts'
import type { CloseReason } from '../close/close-reason.ts'
import type { CloseRecord } from '../close/close-record.ts'
import type { Violation } from '../close/violation.ts'
import type { Frame } from '../frame/frame.ts'
import type { DataOpcode } from '../frame/opcode.ts'

/** What a connection calls, in the order of the bytes. None of it may throw. */
export interface ConnectionSink {
  /**
   * A whole message in `bytes[start, end)`, unmasked; text is valid UTF-8. The bytes are lent until this returns: copy
   * what you keep. With `owned` they are yours to keep, and contain nothing but the message. `ascii` says that every
   * byte is known to be ASCII.
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
   * A message begins that comes in pieces; its first frame has `length` octets. The object returned takes the pieces,
   * and `onMessage` is not called; with `undefined`, they are joined for `onMessage`.
   */
  gather?(opcode: DataOpcode, length: number): HeldPieces | undefined
  /** In the mode `'frames'`: every frame. It is the receiver's to keep. */
  onFrame(frame: Frame): void
  /** A control frame that has been handled already. The payload is the receiver's to keep. */
  onControl(opcode: number, payload: Uint8Array<ArrayBuffer>): void
  /** The peer broke the protocol or a limit. The error returned becomes the `cause` of the close record. */
  onViolation(violation: Violation, reason: CloseReason): Error
  /**
   * Called once, at the end: nothing more will come, and the Close frame, if any, has been written. `failure` is the
   * first error that an extension threw as it was closed.
   */
  onEnd(record: CloseRecord, failure?: Error): void
}
