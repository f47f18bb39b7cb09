/** What a peer did wrong, and the code to close with. */
export interface Violation {
  /** 1002, 1007, 1008 or 1009; an extension may give another. */
  readonly code: number
  readonly message: string
  /** For 1009: the size that was too big, in bytes. */
  readonly size?: number | undefined
}

export const NOT_UTF8: Violation = { code: 1007, message: 'text that is not UTF-8' }

/** `what` is a frame or a message; sizes in bytes. */
export function tooBig(what: string, size: number, limit: number): Violation {
  return { code: 1009, message: `a ${what} of ${size} bytes: the limit is ${limit}`, size }
}
