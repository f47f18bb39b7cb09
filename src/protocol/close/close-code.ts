import { CloseReason } from './reason.ts'

/** True for a code that a peer may put in a Close frame (RFC 6455, section 7.4, and the IANA registry). */
export function isValidCloseCode(code: number): boolean {
  return (
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1003) ||
      (code >= 1007 && code <= 1014) ||
      (code >= 3000 && code <= 4999))
  )
}

/** Says why `code` cannot be sent in a Close frame (RFC 6455, section 7.4); `undefined` when it can. */
export function closeCodeProblem(code: number): string | undefined {
  return isValidCloseCode(code) ? undefined : problemOf(code)
}

function problemOf(code: unknown): string {
  return `close code ${String(code)} cannot be sent: use a CloseReason with 1000 to 1003, 1007 to 1014 or 3000 to 4999`
}

/** Throws a `RangeError` for a reason that cannot be sent in a Close frame. */
export function checkReason(reason: CloseReason): void {
  // Not every caller is type-checked: it may be a mere code, or look like a reason and have a longer message.
  if (!isValidCloseCode(reason?.code)) throw new RangeError(problemOf(reason?.code ?? reason))
  void new CloseReason(reason.code, reason.message)
}
