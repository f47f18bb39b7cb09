import { checkReason } from '../protocol/close/close-code.ts'
import { CloseReason } from '../protocol/close/reason.ts'

/** True for a code that the platform sends (the WebSocket standard, `close(code, reason)`). */
export function isPageCode(code: number): boolean {
  return code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999)
}

/** The reason, if the platform can send it. Throws a `RangeError` for any other. */
export function sendable(reason: CloseReason): CloseReason {
  const { code, message } = reason
  // Not every caller is type-checked: a new one has a message that fits into a Close frame, or throws.
  if (isPageCode(code)) return new CloseReason(code, message)
  throw new RangeError(
    `close code ${code ?? reason} cannot be sent: the platform takes a CloseReason with 1000 or 3000 to 4999`,
  )
}

/**
 * What a page sends for a reason that a session or a filter closes with: a code of RFC 6455 goes out 3000 higher, 1011
 * as 4011. Throws a `RangeError` for one that cannot be sent anywhere.
 */
export function pageReason(reason: CloseReason): CloseReason {
  const { code, message } = reason
  checkReason(reason)
  return new CloseReason(isPageCode(code) ? code : code + 3000, message)
}
