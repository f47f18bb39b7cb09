import { encodeUtf8 } from '../bytes/utf8.ts'
import { isValidCloseCode } from './close-code.ts'
import { type CloseReason, truncatedReason } from './reason.ts'
import type { Violation } from './violation.ts'

/** The payload of a Close frame: the code in network order, then the message (RFC 6455, section 5.5.1). */
export function encodeCloseReason(reason: CloseReason): Uint8Array<ArrayBuffer> {
  const message = encodeUtf8(reason.message)
  const payload = new Uint8Array(2 + message.length)
  payload[0] = reason.code >>> 8
  payload[1] = reason.code
  payload.set(message, 2)
  return payload
}

/** The reason; `undefined` when the payload holds none. Text that is not UTF-8 is read with U+FFFD, cut to 123 bytes. */
export function decodeCloseReason(payload: Uint8Array): CloseReason | undefined {
  if (payload.length < 2) return undefined
  return truncatedReason(codeOf(payload), lenientDecoder.decode(payload.subarray(2)))
}

/** What is wrong with the payload of a Close frame from a peer (RFC 6455, sections 5.5.1 and 7.4). */
export function closeViolation(
  payload: Uint8Array,
  isUtf8: (bytes: Uint8Array) => boolean,
): Violation | undefined {
  if (payload.length === 0) return undefined
  if (payload.length === 1) return { code: 1002, message: 'a close payload of one byte' }
  const code = codeOf(payload)
  if (!isValidCloseCode(code)) return { code: 1002, message: `close code ${code} is not allowed` }
  if (!isUtf8(payload.subarray(2))) {
    return { code: 1007, message: 'a close message that is not UTF-8' }
  }
  return undefined
}

function codeOf(payload: Uint8Array): number {
  return (payload[0]! << 8) | payload[1]!
}

const lenientDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })
