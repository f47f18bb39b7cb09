/** A command cannot go on: its message, one line, is all that is printed. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  /** 2 when the command was called wrongly, 1 for any other failure. */
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
