/** Bytes kept for whoever passes them on, in a form that costs less to make than a buffer of their own. */
export interface HeldBytes {
  readonly length: number
  /** A copy of exactly their size. */
  bytes(): Uint8Array<ArrayBuffer>
  /** Writes them at `offset`, where they fit. */
  write(target: Uint8Array, offset: number): void
}

/** Holds what comes in over one connection. */
export interface BytesHolder {
  /** Keeps `bytes[start, end)`; `undefined` where copying them is better, as when those held before were asked for. */
  hold(bytes: Uint8Array, start: number, end: number): HeldBytes | undefined
}
