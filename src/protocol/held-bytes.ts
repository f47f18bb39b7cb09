/**
 * A payload in a form that is cheaper to make than an array of its own: many are only passed on, and then need
 * none. On Node it is a string of Latin-1.
 */
export interface HeldBytes {
  readonly length: number
  /** A copy, in an array of exactly this length. */
  bytes(): Uint8Array<ArrayBuffer>
  /** The text that they are in UTF-8, where that is known and can be had without them. */
  readonly text?: (() => string) | undefined
  /** Writes them at `offset`; there must be room. */
  write(target: Uint8Array, offset: number): void
  /** The pieces it is made of, in order, if there are several: large payloads can be written one by one. */
  readonly parts?: readonly HeldBytes[] | undefined
  /** The bytes themselves, where they have memory of their own that never changes: large ones need not be copied. */
  readonly buffer?: Uint8Array | undefined
}

/** Takes the pieces of one message as they come; those of text are valid UTF-8 together. */
export interface HeldPieces {
  readonly length: number
  append(bytes: Uint8Array, start: number, end: number): void
  /** The message is whole: hands it to whoever asked for it. `ascii`: every octet is known to be below 0x80. */
  finish(ascii: boolean): void
  /** The rest will not come: drops what there is. */
  abandon(): void
}

/** Makes the held payloads of one connection. */
export interface BytesHolder {
  /** Holds `bytes[start, end)`; `undefined` where a plain copy is better, as once the application reads what comes. */
  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined
  /** Holds a message that comes in pieces. `whole` is called with the message at its end. `undefined` as with `hold`. */
  gather(whole: (bytes: HeldBytes) => void): HeldPieces | undefined
}
