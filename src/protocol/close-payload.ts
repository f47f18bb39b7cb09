import { isValidCloseCode } from './close-code.ts'
import type { Violation } from './violation.ts'

/** What is wrong with the payload of a Close frame from a peer (RFC 6455, sections 5.5.1 and 7.4). */
export function closeViolation(
  payload: Uint8Array,
  isUtf8: (bytes: Uint8Array) => boolean,
): Violation | undefined {
  if (payload.length === 0) return undefined
  if (payload.length === 1) return { code: 1002, message: 'a close payload of one byte' }
  const code = (payload[0]! << 8) | payload[1]!
  if (!isValidCloseCode(code)) return { code: 1002, message: `close code ${code} is not allowed` }
  if (!isUtf8(payload.subarray(2))) {
    return { code: 1007, message: 'a close message that is not UTF-8' }
  }
  return undefined
}
