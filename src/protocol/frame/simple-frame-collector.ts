import { GrowingBuffer } from '../bytes/growing-buffer.ts'
import { applyMask } from '../bytes/mask.ts'

/** Gathers the payload of one frame at a time, cut anywhere. */
export class SimpleFrameCollector {
  readonly #buffer = new GrowingBuffer()
  #length = 0

  /** True until the payload is whole. */
  get hasRemaining(): boolean {
    return this.#buffer.length < this.#length
  }

  /** Begins a payload of `length` bytes. Throws when the one before is not whole. */
  start(length: number): void {
    if (this.hasRemaining) throw new Error('the payload before is not complete')
    this.#buffer.clear()
    this.#length = length
  }

  /** Takes what belongs to the payload from `bytes[offset, end)`; returns where it stopped. */
  handle(bytes: Uint8Array, offset: number, end: number): number {
    const stop = Math.min(end, offset + this.#length - this.#buffer.length)
    this.#buffer.append(bytes, offset, stop, this.#length)
    return stop
  }

  /** The payload, unmasked when a key is given, as `applyMask` takes it. Throws when it is not whole. */
  take(maskKey = 0): Uint8Array<ArrayBuffer> {
    if (this.hasRemaining) throw new Error('the payload is not complete')
    const payload = this.#buffer.take()
    this.#length = 0
    if (maskKey !== 0) applyMask(payload, 0, payload.length, maskKey)
    return payload
  }
}
