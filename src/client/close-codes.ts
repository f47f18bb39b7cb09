import { CloseReason } from '../protocol/reason.ts'

/** Says why the platform cannot send `code` (the WebSocket standard, `close(code, reason)`); `undefined` when it can. */
export function pageCodeProblem(code: number): string | undefined {
  if (code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999)) return undefined
  return `close code ${code} cannot be sent from here: the platform allows 1000 and 3000 to 4999`
}

/** A reason that the platform can send. Throws a `RangeError` for any other. */
export function sendable(reason: CloseReason): CloseReason {
  const problem = pageCodeProblem(reason.code)
  if (problem !== undefined) throw new RangeError(problem)
  return reason
}

/** What is sent where our own engine would send one of the codes of RFC 6455: 1011 goes out as 4011. */
export function pageReason(reason: CloseReason): CloseReason {
  const { code, message } = reason
  return pageCodeProblem(code) === undefined ? reason : new CloseReason(code + 3000, message)
}
