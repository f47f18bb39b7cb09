import { checkCloseCode } from '../protocol/close-code.ts'
import type { CloseReason } from '../protocol/close-reason.ts'
import type { CloseFrame, Frame } from '../protocol/frame.ts'
import { NORMAL } from '../protocol/reason.ts'
import { lacking } from '../websocket/capable.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { SizeLimits } from '../websocket/ws-link.ts'
import type { FrameWire } from './frame-wire.ts'
import { type Carried, frameOf, messageOfFrame } from './message-frames.ts'

/** Sends whole frames as messages of a socket; fragments and control frames by its link. */
export class MessageWire implements FrameWire {
  readonly #socket: Websocket
  /** Between the first and the last fragment of a message that is sent in fragments. */
  #fragments = false

  constructor(socket: Websocket) {
    this.#socket = socket
  }

  write(item: Carried): boolean {
    if (!('type' in item) && !this.#fragments) return this.#socket.send(item)
    const frame = frameOf(item)
    const data = frame.type === 'text' || frame.type === 'binary'
    return data && this.#isMessage(frame)
      ? this.#socket.send(messageOfFrame(frame))
      : this.#writeFrame(frame)
  }

  sizeOf(item: Carried): number {
    if (!('type' in item) || item.type === 'text') return item.content.length
    return item.byteLength
  }

  limitOf(limits: Readonly<SizeLimits>): number {
    return Math.min(limits.maxFrameSize, limits.maxMessageSize)
  }

  reasonOf(frame: CloseFrame): CloseReason {
    const reason = frame.readReason() ?? NORMAL
    checkCloseCode(reason.code)
    return reason
  }

  writeClose(_frame: CloseFrame, reason: CloseReason): void {
    this.#socket.close(reason)
  }

  #isMessage(frame: Frame): boolean {
    return frame.fin && !this.#fragments && !frame.rsv1 && !frame.rsv2 && !frame.rsv3
  }

  #writeFrame(frame: Frame): boolean {
    const { link } = this.#socket
    if (frame.type === 'ping' && link.sendFrame === undefined && link.ping !== undefined) {
      link.ping(frame.data)
      return true
    }
    if (link.sendFrame === undefined) {
      throw lacking(
        this.#socket,
        `sends whole messages only, not ${frame.type} frames, fragments or reserved bits`,
      )
    }
    const sent = link.sendFrame(frame)
    if (!frame.frameType.controlFrame) this.#fragments = !frame.fin
    return sent
  }
}
