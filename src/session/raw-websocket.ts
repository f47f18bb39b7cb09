import type { CloseReason } from '../protocol/close/close-reason.ts'
import { NO_STATUS } from '../protocol/close/reason.ts'
import type { CloseFrame } from '../protocol/frame/frame.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import type { FrameChannel, FrameSocket } from '../websocket/frame-socket.ts'
import { BaseSession } from './base-session.ts'
import type { FrameWire } from './channel/frame-wire.ts'
import { asFrame, type Carried } from './channel/message-frames.ts'
import type { RawWebSocketSession } from './session.ts'
import { SessionCore } from './session-core.ts'
import type { SessionOptions } from './session-options.ts'

/**
 * A session of every frame: fragments and control frames come as they are, and nothing is answered. `incoming` ends with
 * the peer's Close frame; `close` answers it. What breaks the protocol or a limit still closes the connection.
 */
export class RawWebSocket extends BaseSession implements RawWebSocketSession {
  readonly #socket: FrameSocket

  /** Throws a `RangeError` for invalid options. */
  constructor(socket: FrameSocket, options: SessionOptions = {}) {
    const { frames } = socket
    const core = new SessionCore(socket, new RawWire(frames), options)
    super(core)
    this.#socket = socket
    frames.onFrame((frame) => {
      core.deliver(frame)
      if (frame.type !== 'close') return
      core.remote = frame.readReason() ?? NO_STATUS
      core.incoming.end(new WebSocketClosedException(core.remote))
    })
  }

  /** The limit for messages does not apply to frames. */
  override get maxFrameSize(): number {
    return this.#socket.link.limits?.maxFrameSize ?? super.maxFrameSize
  }

  override set maxFrameSize(bytes: number) {
    super.maxFrameSize = bytes
  }

  get masking(): boolean {
    return this.#socket.frames.masking
  }

  set masking(masking: boolean) {
    this.#socket.frames.masking = masking
  }
}

/** Sends frames as they are; whether a close code may be sent is left to the user. */
class RawWire implements FrameWire {
  readonly #frames: FrameChannel

  constructor(frames: FrameChannel) {
    this.#frames = frames
  }

  write(item: Carried): boolean {
    return this.#frames.send(asFrame(item))
  }

  closing(frame: CloseFrame): readonly [reason: CloseReason, send: () => void] {
    return [frame.readReason() ?? NO_STATUS, () => this.#frames.send(frame)]
  }
}
