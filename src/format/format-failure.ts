/** Content that is not in a format, or a value that the format cannot hold; `cause` has the details. */
export class FormatFailure extends Error {
  override readonly name = 'FormatFailure'
  readonly code = 'ERR_FORMAT'
  /** The name of the format. */
  readonly format: string
  /** What is wrong, without quoting the content. */
  readonly reason: string

  constructor(format: string, reason: string, options?: ErrorOptions) {
    super(`${format}: ${reason}`, options)
    this.format = format
    this.reason = reason
  }
}

/** The result of `step`; what it throws becomes the cause of a failure. */
export function failingAs<T>(format: string, reason: string, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw new FormatFailure(format, reason, { cause })
  }
}
