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
  if (isValidCloseCode(code)) return undefined
  return `close code ${code} cannot be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999 in a CloseReason`
}

/** Throws a `RangeError` for a reason that cannot be sent in a Close frame. */
export function checkReason({ code, message }: CloseReason): void {
  const problem = closeCodeProblem(code)
  if (problem !== undefined) throw new RangeError(problem)
  // Not every caller is type-checked: an object that only looks like a reason may have a longer message.
  void new CloseReason(code, message)
}
