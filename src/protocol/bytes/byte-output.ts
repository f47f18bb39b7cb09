/** Where frames are written: a transport's batch of bytes. */
export interface ByteOutput {
  /** Where the next byte goes in the buffer that `reserve` returned. The writer advances it. */
  position: number
  /** A buffer with room for `size` bytes from `position` on (which it may have changed). */
  reserve(size: number): Uint8Array
  /** Adds bytes by reference: they must never change again. */
  append(bytes: Uint8Array): void
}
