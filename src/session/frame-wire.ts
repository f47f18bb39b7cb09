import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseFrame, Frame } from '../protocol/frame.ts'

/** How a session's frames go out: as messages, or as the frames that they are. */
export interface FrameWire {
  /** As `Websocket.send`. Throws for a frame that cannot be sent. */
  write(frame: Frame): boolean
  /** The size of a frame, roughly: nothing is encoded to find it. */
  sizeOf(frame: Frame): number
  /** The largest of what comes in, in bytes. */
  limitOf(limits: { readonly maxFrameSize: number; readonly maxMessageSize: number }): number
  /** The reason that a Close frame will be known by. Throws a `RangeError` for one that cannot be sent. */
  reasonOf(frame: CloseFrame): CloseReason
  writeClose(frame: CloseFrame, reason: CloseReason): void
}
