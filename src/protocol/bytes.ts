import type { HeldBytes } from './held-bytes.ts'

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

/** Not every caller is type-checked: text, a number, or another kind of array would be sent as something else. */
export function checkedBytes<B extends Uint8Array>(value: B): B {
  checkContent(value instanceof Uint8Array)
  return value
}

/** True for bytes, held ones too. */
export function isBytes(value: unknown): boolean {
  return (
    value instanceof Uint8Array || typeof (value as HeldBytes | undefined)?.write === 'function'
  )
}

/** Throws a `TypeError` for what is no content. */
export function checkContent(valid: boolean): void {
  if (!valid) throw new TypeError('a message is made of a string or a Uint8Array')
}
