import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseFrame } from '../protocol/frame.ts'
import type { SizeLimits } from '../websocket/ws-link.ts'
import type { Carried } from './message-frames.ts'

/** How a session's frames go out: as messages, or as the frames that they are. */
export interface FrameWire {
  /** As `Websocket.send`. Throws for what cannot be sent. */
  write(item: Carried): boolean
  /** The size of its payload, roughly: nothing is encoded to find it. */
  sizeOf(item: Carried): number
  /** The largest of what comes in, in bytes. */
  limitOf(limits: Readonly<SizeLimits>): number
  /** The reason that a Close frame will be known by. Throws a `RangeError` for one that cannot be sent. */
  reasonOf(frame: CloseFrame): CloseReason
  writeClose(frame: CloseFrame, reason: CloseReason): void
}
