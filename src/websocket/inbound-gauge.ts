import type { InboundMark } from './socket-settings.ts'

/** How much has come in that nobody has finished with. */
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

  /** Reading is to stop. */
  get over(): boolean {
    return this.#bytes > this.#mark.bytes || this.#messages > this.#mark.messages
  }

  /** Reading may go on: half the mark, so that a pause is worth its calls. */
  get low(): boolean {
    return this.#bytes * 2 <= this.#mark.bytes && this.#messages * 2 <= this.#mark.messages
  }
}
