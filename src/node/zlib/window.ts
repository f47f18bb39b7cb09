import { copyBytes } from '../../protocol/bytes.ts'
import { concat } from './concat.ts'

/** What a compressor may refer back to: the last bytes of what went before. */
export class Window {
  /** `undefined` while there are none. */
  bytes: Uint8Array | undefined
  readonly #size: number

  constructor(windowBits: number) {
    this.#size = 2 ** windowBits
  }

  slide(data: Uint8Array): void {
    const before = this.bytes
    if (data.length >= this.#size) {
      this.bytes = copyBytes(data, data.length - this.#size)
    } else if (before === undefined) {
      if (data.length > 0) this.bytes = copyBytes(data)
    } else {
      const kept = before.subarray(Math.max(0, before.length + data.length - this.#size))
      this.bytes = concat([kept, data], kept.length + data.length)
    }
  }

  clear(): void {
    this.bytes = undefined
  }
}
