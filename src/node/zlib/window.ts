import { copyBytes } from '../../protocol/bytes/bytes.ts'
import { concat } from './concat.ts'

const NOTHING = new Uint8Array()

/** What a compressor may refer back to: the last bytes of what went before. */
export class Window {
  bytes: Uint8Array = NOTHING
  readonly #size: number

  constructor(windowBits: number) {
    this.#size = 2 ** windowBits
  }

  slide(data: Uint8Array): void {
    if (data.length >= this.#size) {
      this.bytes = copyBytes(data, data.length - this.#size)
    } else {
      const { bytes } = this
      const kept = bytes.subarray(Math.max(0, bytes.length + data.length - this.#size))
      this.bytes = concat([kept, data], kept.length + data.length)
    }
  }

  clear(): void {
    this.bytes = NOTHING
  }
}
