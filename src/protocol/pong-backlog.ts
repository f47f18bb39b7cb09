import { copyBytes } from './bytes.ts'

/** Pongs behind a slow reader: at most so many wait, then only the newest is kept (RFC 6455, section 5.5.3). */
export class PongBacklog {
  #written = 0
  #newest: Uint8Array | undefined

  /** True when this Pong may be written; false when it was put aside (a copy), in place of the one before. */
  admits(payload: Uint8Array, limit: number): boolean {
    if (this.#written < limit) {
      this.#written++
      return true
    }
    this.#newest = copyBytes(payload)
    return false
  }

  /** All that was written has gone; returns the one that was put aside. */
  drained(): Uint8Array | undefined {
    const newest = this.#newest
    this.#written = 0
    this.#newest = undefined
    return newest
  }
}
