import type { InboundMark } from './socket-settings.ts'

/** Counts what has come in and is not handled completely, against the inbound mark. */
export class InboundGauge {
  readonly #mark: InboundMark
  #bytes = 0
  #messages = 0

  constructor(mark: InboundMark) {
    this.#mark = mark
  }

  add(bytes: number): void {
    this.#bytes += bytes
    this.#messages++
  }

  remove(bytes: number): void {
    this.#bytes -= bytes
    this.#messages--
  }

  /** How many messages there are. */
  get messages(): number {
    return this.#messages
  }

  /** Reading should pause. */
  get over(): boolean {
    return this.#bytes > this.#mark.bytes || this.#messages > this.#mark.messages
  }

  /** Reading may go on: at half the mark, so that pauses are few. */
  get low(): boolean {
    return this.#bytes * 2 <= this.#mark.bytes && this.#messages * 2 <= this.#mark.messages
  }
}
