import { BinaryFrame, type CloseFrame, type Frame, TextFrame } from '../../protocol/frame/frame.ts'
import { WsMessage } from '../../websocket/ws-message.ts'

/** What a session carries: a frame, or a message that becomes one only when it is asked for as a frame. */
export type Carried = Frame | WsMessage

/** Throws a `TypeError` for anything else: not every caller is type-checked, and it may be what nobody has serialized. */
export function checkCarried(item: Carried): void {
  if (item instanceof WsMessage || item?.frameType) return
  throw new TypeError(`send takes text, bytes or a Frame, outgoing a Frame, not ${typeof item}`)
}

/** Throws a `TypeError` for a fragment: a session may delegate to one of fragments, with a channel of its own. */
export function checkWhole({ fin }: Pick<Frame, 'fin'>): void {
  if (!fin) throw new TypeError('a fragment is no message: leave out the option fragments')
}

/** The item as a frame. */
export function asFrame(item: Carried): Frame {
  return 'type' in item ? item : frameOfMessage(item)
}

/** By its type, not its class: bundles for browsers leave out the control frames. */
export function isClose(item: Carried): item is CloseFrame {
  return 'type' in item && item.type === 'close'
}

/** A whole message as a frame; nothing is copied or encoded. */
export function frameOfMessage(message: WsMessage): TextFrame | BinaryFrame {
  const frame =
    message.mode === 'text'
      ? TextFrame.received(message.text(), message.knownLength)
      : new BinaryFrame(message.held ?? message.bytes())
  frame.made = message
  return frame
}

/** The message that this is all of; `undefined` for fragments, control frames, and frames with reserved bits. */
export function wholeMessage(item: Carried): WsMessage | undefined {
  if (!('type' in item)) return item
  if (item.type !== 'text' && item.type !== 'binary') return undefined
  const { made, fin, rsv1, rsv2, rsv3 } = item
  // What has been sent or received as a whole message before is one.
  const whole = made !== undefined || (fin && !rsv1 && !rsv2 && !rsv3)
  return whole ? messageOfFrame(item) : undefined
}

/**
 * The message of a frame that holds all of it; the same one each time, so that a frame that goes to many is encoded, and
 * compressed, once. Throws a `TypeError` when text is not UTF-8.
 */
export function messageOfFrame(frame: TextFrame | BinaryFrame): WsMessage {
  const { made } = frame
  if (made instanceof WsMessage) return made
  const message = newMessage(frame)
  frame.made = message
  return message
}

function newMessage(frame: TextFrame | BinaryFrame): WsMessage {
  if (frame.type === 'text') return WsMessage.received(frame.readText(), frame.knownLength)
  return frame.held === undefined ? WsMessage.received(frame.data) : WsMessage.holding(frame.held)
}
