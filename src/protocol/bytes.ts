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
  copy.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
  return copy
}
