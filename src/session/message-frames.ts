import { BinaryFrame, TextFrame } from '../protocol/frame.ts'
import { WsMessage } from '../websocket/ws-message.ts'

/** A whole message as a frame; nothing is copied or encoded. */
export function frameOfMessage(message: WsMessage): TextFrame | BinaryFrame {
  return message.mode === 'text'
    ? TextFrame.received(message.text(), message.knownLength)
    : new BinaryFrame(message.held ?? message.bytes())
}

/** The message in a frame that is all of it. Throws a `TypeError` when text is not UTF-8. */
export function messageOfFrame(frame: TextFrame | BinaryFrame): WsMessage {
  if (frame.type === 'text') return WsMessage.received(frame.readText(), frame.knownLength)
  return frame.held === undefined ? WsMessage.received(frame.data) : WsMessage.holding(frame.held)
}
