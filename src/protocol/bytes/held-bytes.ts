/**
 * A payload in a form that is cheaper to make than a `Uint8Array`: many payloads are only passed on, and never need
 * one. On Node it is a Latin-1 string.
 */
export interface HeldBytes {
  readonly length: number
  /** A copy, in an array of exactly this length. */
  bytes(): Uint8Array<ArrayBuffer>
  /** The payload decoded as UTF-8, where that takes no copy of the bytes. */
  readonly text?: (() => string) | undefined
  /** Writes the bytes at `offset`; there must be room. */
  write(target: Uint8Array, offset: number): void
  /** The pieces it is made of, in order, if there are several: large payloads can be written piece by piece. */
  readonly parts?: readonly HeldBytes[] | undefined
  /** The bytes themselves, if they are in memory of their own that never changes: large ones need not be copied. */
  readonly buffer?: Uint8Array | undefined
}

/** Collects the pieces of one message as they come. Joined, those of a text are valid UTF-8. */
export interface HeldPieces {
  readonly length: number
  append(bytes: Uint8Array, start: number, end: number): void
  /** The message is whole: passes it on. `ascii`: every octet is known to be below 0x80. */
  finish(ascii: boolean): void
  /** The rest will not come: drops what there is. */
  abandon(): void
}

/** Makes the held payloads of one connection. */
export interface BytesHolder {
  /** Holds `bytes[start, end)`; `undefined` if a plain copy is better, as it is once the application has read one. */
  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined
  /** Holds a message that comes in pieces; `whole` is called with it when it is complete. `undefined` as for `hold`. */
  gather(whole: (bytes: HeldBytes) => void): HeldPieces | undefined
}
