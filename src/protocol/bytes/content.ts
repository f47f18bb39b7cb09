import type { HeldBytes } from './held-bytes.ts'

/**
 * The bytes, copied if they are of another realm. Throws a `TypeError` for anything else: not every caller is type-checked,
 * and text, a number, or another kind of array would be sent as something else.
 */
export function checkedBytes<A extends ArrayBufferLike>(
  value: Uint8Array<A>,
): Uint8Array<A | ArrayBuffer> {
  if (value instanceof Uint8Array) return value
  checkContent(isUint8Array(value))
  return new Uint8Array(value)
}

/** Bytes, or held ones. Throws as `checkedBytes` does. */
export function checkedContent<A extends ArrayBufferLike>(
  value: (Uint8Array<A> & { readonly bytes?: undefined }) | HeldBytes,
): Uint8Array<A | ArrayBuffer> | HeldBytes {
  // Not told by `write`, which a `Buffer` has as well.
  if (typeof value?.bytes !== 'function') return checkedBytes(value)
  // A `Blob` and a `Response` have `bytes` too, which gives a promise.
  checkContent(value.length >= 0)
  return value
}

/** Throws a `TypeError` unless the content of a message or a frame is `valid`. */
export function checkContent(valid: boolean): asserts valid {
  if (!valid) throw new TypeError('a message is made of a string or a Uint8Array')
}

/** True for a `Uint8Array` of any realm: in tests for pages, that of `Buffer` and `TextEncoder` is often not the global one. */
export function isUint8Array(value: unknown): value is Uint8Array {
  if (value instanceof Uint8Array) return true
  // Any view has the property, as its name or as that of its subclass.
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array'
}
