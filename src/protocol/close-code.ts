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
export function checkReason(reason: CloseReason): void {
  // Not every caller is type-checked: it may be a mere code, or look like a reason and have a longer message.
  if (reason?.code === undefined)
    throw new RangeError(`${reason} is no CloseReason: write new CloseReason(1000)`)
  const { code, message } = reason
  const problem = closeCodeProblem(code)
  if (problem !== undefined) throw new RangeError(problem)
  void new CloseReason(code, message)
}
