import { copyBytes } from '../bytes/bytes.ts'

/**
 * Pongs behind a slow reader: past a limit, only the newest is kept (RFC 6455, section 5.5.3). The first one is behind
 * nothing, so it is written whatever the limit.
 */
export class PongBacklog {
  #written = 0
  #newest: Uint8Array | undefined

  /** True when this Pong may be written. Otherwise a copy is kept, in place of the one kept before. */
  admits(payload: Uint8Array, limit: number): boolean {
    if (this.#written === 0 || this.#written < limit) {
      this.#written++
      return true
    }
    this.#newest = copyBytes(payload)
    return false
  }

  /** The transport has taken all that was written: returns the Pong that was kept, if any. */
  drained(): Uint8Array | undefined {
    const newest = this.#newest
    this.#written = 0
    this.#newest = undefined
    return newest
  }
}
