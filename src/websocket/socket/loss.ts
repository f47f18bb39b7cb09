import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { connectionLost } from '../errors.ts'

/**
 * How a connection was lost. The error that says so costs more than everything else about an end, and hardly anybody asks
 * for it: it is made when somebody asks for the record.
 */
export class Loss {
  readonly #message: string
  readonly #cause: Error | undefined
  #record: CloseRecord | undefined

  constructor(message: string, cause: Error | undefined) {
    this.#message = message
    this.#cause = cause
  }

  /** The record with an error, if it has none; the same one each time. */
  complete(record: CloseRecord): CloseRecord {
    if (record.cause !== undefined) return record
    // With a cause that is undefined, an error would be printed with "[cause]: undefined".
    const options = this.#cause && { cause: this.#cause }
    this.#record ??= { ...record, cause: connectionLost(this.#message, options) }
    return this.#record
  }
}
