import type { CloseReason } from '../../protocol/close/close-reason.ts'
import type { CloseFrame } from '../../protocol/frame/frame.ts'
import type { Carried } from './message-frames.ts'

/** How a session's frames go out: as messages, or as the frames that they are. */
export interface FrameWire {
  /** As `Websocket.send`. Throws for what cannot be sent. */
  write(item: Carried): boolean
  /** The reason in a Close frame, as it will be recorded, and what sends the frame; by default the socket closes. */
  closing(frame: CloseFrame): readonly [reason: CloseReason, send?: () => void]
}
