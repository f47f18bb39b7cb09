import { CloseReason } from '../protocol/close-reason.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** True for what a page may send in a Close frame (the WebSocket standard, `close`): 1000, and 3000 to 4999. */
export function isPageCode(code: number): boolean {
  return code === 1000 || (code >= 3000 && code <= 4999)
}

/** Throws a `RangeError` for a code that a page cannot send. */
export function checkPageCode({ code }: WsStatus): void {
  if (isPageCode(code)) return
  throw new RangeError(
    `close code ${code} cannot be sent from here: the platform allows 1000 and 3000 to 4999`,
  )
}

/** What is sent where our own engine would send one of the codes of RFC 6455: 1011 goes out as 4011. */
export function pageReason(reason: CloseReason): CloseReason {
  return isPageCode(reason.code) ? reason : new CloseReason(reason.code + 3000, reason.message)
}
