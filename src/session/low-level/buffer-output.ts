import type { ByteOutput } from '../../protocol/bytes/byte-output.ts'

const SMALLEST = 256
const EMPTY = new Uint8Array(0)

/** Gathers bytes in one buffer. */
export class BufferOutput implements ByteOutput {
  position = 0
  #bytes: Uint8Array<ArrayBuffer> = EMPTY

  reserve(size: number): Uint8Array<ArrayBuffer> {
    const needed = this.position + size
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(SMALLEST, needed * 2))
      grown.set(this.#bytes.subarray(0, this.position))
      this.#bytes = grown
    }
    return this.#bytes
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.position)
    this.position += bytes.length
  }

  /** What was gathered; the buffer is the caller's. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.position)
    this.#bytes = EMPTY
    this.position = 0
    return taken
  }
}
