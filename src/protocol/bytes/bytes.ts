/** For fewer than this, for single octets above all, a loop costs less than a view and a call of `set`. */
const FEW = 32

/** Writes `bytes[start, end)` to `target` at `offset`; there must be room. */
export function writeBytes(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start < FEW) for (let i = start; i < end; i++) target[offset + i - start] = bytes[i]!
  else target.set(bytes.subarray(start, end), offset)
}

/**
 * A copy of `bytes[start, end)` in a buffer of exactly its size. Unlike the method `slice`, it copies whatever subclass
 * `bytes` is of.
 */
export function copyBytes(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start)
  writeBytes(copy, 0, bytes, start, end)
  return copy
}
