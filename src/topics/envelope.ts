import { isUint8Array } from '../protocol/bytes/content.ts'
import { decodeUtf8 } from '../protocol/bytes/utf8.ts'
import { WsMessage } from '../websocket/ws-message.ts'

const VERSION = 1
const TEXT = 1
const BINARY = 2

/** Where the mark begins, and where the content does. */
const MARK = 2
const CONTENT = 18

/** 16 random bytes, which no other process has. */
export function newMark(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(CONTENT - MARK))
}

/** A message as a payload: version, mode, a mark of 16 bytes, or none, content. */
export function sealed(message: WsMessage, mark?: Uint8Array): Uint8Array<ArrayBuffer> {
  const content = message.bytes()
  const payload = new Uint8Array(CONTENT + content.length)
  payload[0] = VERSION
  payload[1] = message.mode === 'text' ? TEXT : BINARY
  if (mark !== undefined) payload.set(mark, MARK)
  payload.set(content, CONTENT)
  return payload
}

/** How many bytes the content of a payload has. */
export function contentLength({ length }: Uint8Array): number {
  return Math.max(0, length - CONTENT)
}

/** The mark of a payload, not copied. Throws a `TypeError` for anything but what `sealed` returns. */
export function markOf(payload: unknown): Uint8Array {
  if (!isUint8Array(payload)) throw new TypeError('it is no Uint8Array')
  if (payload[0] !== VERSION || payload.length < CONTENT) {
    throw new TypeError(`it is not of version ${VERSION}`)
  }
  return payload.subarray(MARK, CONTENT)
}

/** The message of a payload that has a mark, a copy. Throws a `TypeError` for one that is none. */
export function opened(payload: Uint8Array): WsMessage {
  const content = payload.subarray(CONTENT)
  if (payload[1] === TEXT) return WsMessage.received(decodeUtf8(content), content.length)
  if (payload[1] === BINARY) return WsMessage.binary(content)
  throw new TypeError('it is neither text nor binary')
}
