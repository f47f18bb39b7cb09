import type { Frame } from '../protocol/frame/frame.ts'
import type { Capability } from './capability.ts'
import type { Websocket } from './websocket.ts'
import type { CapableLink } from './ws-link.ts'

/**
 * Every frame of a connection as it comes and goes: fragments and control frames too, nothing answered for you. In the mode
 * `'fragments'`: only Text and Binary come, a message as soon as its bytes arrive, and the rest is answered.
 */
export interface FrameChannel {
  /**
   * Listens; returns a function that removes the listener. Frames that arrived before any listener go to the first one.
   */
  onFrame(fn: (frame: Frame) => unknown): () => void
  /** Sends a frame as it is; `false` as for `Websocket.send`. */
  send(frame: Frame): boolean
  /** Clients mask what they send, servers do not (RFC 6455, section 5.3); raw sessions may say otherwise. */
  masking: boolean
}

/** A socket accepted with `mode: 'frames'` or `mode: 'fragments'`: of an engine that lacks nothing. */
export interface FrameSocket extends Websocket {
  readonly frames: FrameChannel
  readonly link: CapableLink<Capability>
}
