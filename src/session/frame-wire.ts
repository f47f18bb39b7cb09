import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseFrame } from '../protocol/frame.ts'
import type { SizeLimits } from '../websocket/ws-link.ts'
import type { Carried } from './message-frames.ts'

/** How a session's frames go out: as messages, or as the frames that they are. */
export interface FrameWire {
  /** As `Websocket.send`. Throws for what cannot be sent. */
  write(item: Carried): boolean
  /** About the size of its payload: nothing is encoded to find it. */
  sizeOf(item: Carried): number
  /** The limit that a session calls its `maxFrameSize`. */
  limitOf(limits: Readonly<SizeLimits>): number
  /** The reason in a Close frame, as it will be recorded. Throws a `RangeError` for one that cannot be sent. */
  reasonOf(frame: CloseFrame): CloseReason
  writeClose(frame: CloseFrame, reason: CloseReason): void
}
