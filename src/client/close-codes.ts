import { CloseReason } from '../protocol/close-reason.ts'

/** What a platform lets `close` send (the WebSocket standard, `close(code, reason)`): 1000, and 3000 to 4999. */
function isPageCode(code: number): boolean {
  return code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999)
}

/** Says why the platform cannot send `code`; `undefined` when it can. */
export function pageCodeProblem(code: number): string | undefined {
  if (isPageCode(code)) return undefined
  return `close code ${code} cannot be sent from here: the platform allows 1000 and 3000 to 4999`
}

/** What is sent where our own engine would send one of the codes of RFC 6455: 1011 goes out as 4011. */
export function pageReason(reason: CloseReason): CloseReason {
  return isPageCode(reason.code) ? reason : new CloseReason(reason.code + 3000, reason.message)
}
