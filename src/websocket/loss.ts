import type { CloseRecord } from '../protocol/close-record.ts'
import { connectionLost } from './errors.ts'

/**
 * How a connection was lost. The error that says so costs more than the rest of an end, and most are never asked for:
 * it is made with the first record that is.
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
    this.#record ??= { ...record, cause: connectionLost(this.#message, { cause: this.#cause }) }
    return this.#record
  }
}
