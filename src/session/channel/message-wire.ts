import type { CloseReason } from '../../protocol/close/close-reason.ts'
import { NORMAL } from '../../protocol/close/reason.ts'
import type { CloseFrame } from '../../protocol/frame/frame.ts'
import { lacking } from '../../websocket/capable.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { FrameWire } from './frame-wire.ts'
import { asFrame, type Carried, wholeMessage } from './message-frames.ts'

/** Sends whole frames as messages of a socket; fragments and control frames by its link. */
export class MessageWire implements FrameWire {
  readonly #socket: Websocket
  /** Between the first and the last fragment of a message that is sent in fragments. */
  #fragments = false

  constructor(socket: Websocket) {
    this.#socket = socket
  }

  write(item: Carried): boolean {
    const socket = this.#socket
    const message = this.#fragments ? undefined : wholeMessage(item)
    if (message !== undefined) return socket.send(message)
    const frame = asFrame(item)
    const { type } = frame
    const { link } = socket
    if (link.sendFrame !== undefined) {
      const sent = link.sendFrame(frame)
      if (type === 'text' || type === 'binary') this.#fragments = !frame.fin
      return sent
    }
    if (type !== 'ping' || link.ping === undefined) {
      const whole = `sends whole messages only, not ${type} frames, fragments or reserved bits`
      throw lacking(socket, whole)
    }
    link.ping(frame.data)
    return true
  }

  closing(frame: CloseFrame): readonly [reason: CloseReason] {
    return [frame.readReason() ?? NORMAL]
  }
}
