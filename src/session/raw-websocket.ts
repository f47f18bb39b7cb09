import type { Frame } from '../protocol/frame.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { WsStatus } from '../websocket/ws-status.ts'
import { BaseSession, type SessionOptions } from './base-session.ts'
import type { RawWebSocketSession } from './session.ts'

/**
 * A session of every frame: fragments and control frames come as they are, and nothing is answered. `incoming` ends with
 * the peer's Close frame; `close` answers it. What breaks the protocol or a limit still closes the connection.
 */
export class RawWebSocket extends BaseSession implements RawWebSocketSession {
  readonly #socket: FrameSocket

  constructor(socket: FrameSocket, options: SessionOptions = {}) {
    super(socket, options)
    this.#socket = socket
    socket.frames.onFrame((frame) => {
      this.deliver(frame)
      if (frame.type === 'close') this.endIncoming(frame.readReason() ?? WsStatus.NOCODE)
    })
  }

  get masking(): boolean {
    return this.#socket.frames.masking
  }

  set masking(masking: boolean) {
    this.#socket.frames.masking = masking
  }

  write(frame: Frame): boolean {
    return this.#socket.frames.send(frame)
  }
}
