/** Below this many bytes, a call into the platform costs more than checking them here. */
const BULK_FROM = 48

/**
 * Strict UTF-8 (RFC 3629), checked as it arrives: `push` is false with the first octet that no continuation could
 * make right, so overlong forms, surrogates and values above U+10FFFF are noticed in the middle of a character. After
 * that, the validator is of no further use.
 */
export class Utf8Validator {
  readonly #isUtf8: (bytes: Uint8Array) => boolean
  /** Continuation octets still to come. */
  #needed = 0
  /** The range of the next one. */
  #lower = 0x80
  #upper = 0xbf

  /** `isUtf8` checks long runs: the platform's own does that faster. */
  constructor(isUtf8: (bytes: Uint8Array) => boolean) {
    this.#isUtf8 = isUtf8
  }

  /** True between characters: what was pushed so far is complete. */
  get complete(): boolean {
    return this.#needed === 0
  }

  push(bytes: Uint8Array, start: number, end: number): boolean {
    let offset = start
    while (this.#needed > 0 && offset < end) {
      if (!this.#next(bytes[offset++]!)) return false
    }
    if (end - offset >= BULK_FROM) {
      const boundary = lastBoundary(bytes, offset, end)
      if (!this.#isUtf8(bytes.subarray(offset, boundary))) return false
      offset = boundary
    }
    while (offset < end) {
      if (!this.#next(bytes[offset++]!)) return false
    }
    return true
  }

  #next(octet: number): boolean {
    if (this.#needed === 0) return octet < 0x80 || this.#lead(octet)
    if (octet < this.#lower || octet > this.#upper) return false
    this.#needed--
    this.#lower = 0x80
    this.#upper = 0xbf
    return true
  }

  #lead(octet: number): boolean {
    if (octet < 0xc2 || octet > 0xf4) return false
    this.#needed = continuations(octet)
    if (octet === 0xe0) this.#lower = 0xa0
    if (octet === 0xed) this.#upper = 0x9f
    if (octet === 0xf0) this.#lower = 0x90
    if (octet === 0xf4) this.#upper = 0x8f
    return true
  }
}

/** How many octets follow this one, the first of a character. */
function continuations(lead: number): number {
  return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3
}

/** Where the last character begins if it is not whole, else `end`. */
function lastBoundary(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const octet = bytes[end - back]!
    if (octet < 0x80) return end
    if (octet >= 0xc0) return continuations(octet) >= back ? end - back : end
  }
  return end
}
