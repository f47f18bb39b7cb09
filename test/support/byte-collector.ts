import type { ByteOutput } from '../../src/protocol/bytes/byte-output.ts'

/** An output that keeps what is written. Its buffer moves whenever it grows, and begins anywhere but at 0. */
export class ByteCollector implements ByteOutput {
  static readonly #START = 3
  position: number = ByteCollector.#START
  /** What was given by reference. */
  readonly appended: Uint8Array[] = []
  /** What room was asked for. */
  readonly reserved: number[] = []
  #buffer = new Uint8Array(ByteCollector.#START)

  reserve(size: number): Uint8Array {
    this.reserved.push(size)
    if (this.position + size > this.#buffer.length) {
      const grown = new Uint8Array(this.position + size)
      grown.set(this.#buffer)
      this.#buffer = grown
    }
    return this.#buffer
  }

  append(bytes: Uint8Array): void {
    this.appended.push(bytes)
    this.reserve(bytes.length).set(bytes, this.position)
    this.position += bytes.length
  }

  /** All that was written since it was last taken. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(ByteCollector.#START, this.position)
    this.position = ByteCollector.#START
    return taken
  }
}
