/** Bytes kept for whoever passes them on, in a form that costs less to make than a buffer of their own. */
export interface HeldBytes {
  readonly length: number
  /** A copy of exactly their size. */
  bytes(): Uint8Array<ArrayBuffer>
  /** The text that they are in UTF-8, where that is known and can be had without them. */
  readonly text?: (() => string) | undefined
  /** Writes them at `offset`, where they fit. */
  write(target: Uint8Array, offset: number): void
  /** What they are made of, in order, where that is more than one thing: large ones need not be written at once. */
  readonly parts?: readonly HeldBytes[]
  /** The bytes themselves, where they have memory of their own that never changes: large ones need not be copied. */
  readonly buffer?: Uint8Array
}

/** The bytes of one message, of valid UTF-8 where it is text, held as they come. */
export interface HeldPieces {
  readonly length: number
  append(bytes: Uint8Array, start: number, end: number): void
  /** That was all: tells whoever asked for them. `ascii` says that every octet is known to be below 0x80. */
  finish(ascii: boolean): void
  /** No more will come: lets go of them. */
  abandon(): void
}

/** Holds what comes in over one connection. */
export interface BytesHolder {
  /** Keeps `bytes[start, end)`; `undefined` where copying them is better, as when those held before were asked for. */
  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined
  /** For a message that comes in pieces; `whole` is called at its end. `undefined` as of `hold`. */
  gather(whole: (bytes: HeldBytes) => void): HeldPieces | undefined
}
