import type { HeldBytes } from './held-bytes.ts'

/**
 * The bytes. Throws a `TypeError` for anything else: not every caller is type-checked, and text, a number, or another
 * kind of array would be sent as something else.
 */
export function checkedBytes<A extends ArrayBufferLike>(
  value: Uint8Array<A>,
): Uint8Array<A | ArrayBuffer> {
  return value instanceof Uint8Array ? value : ownCopy(value)
}

/** Bytes, or held ones. Throws as `checkedBytes` does. */
export function checkedContent<B extends Uint8Array | HeldBytes>(
  value: B,
): B | Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return value
  // A `Buffer` has a `write` as well.
  const held = typeof value?.write === 'function' && !ArrayBuffer.isView(value)
  return held ? value : ownCopy(value)
}

/** Throws a `TypeError` unless the content of a message or a frame is `valid`. */
export function checkContent(valid: boolean): asserts valid {
  if (!valid) throw new TypeError('a message is made of a string or a Uint8Array')
}

/** True for a `Uint8Array` of any realm: in tests for pages, that of `Buffer` and `TextEncoder` is often not the global one. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || isForeign(value)
}

function isForeign(value: unknown): value is Uint8Array {
  // Any view has the property, as its name or as that of its subclass.
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array'
}

/** A copy that is a `Uint8Array` here, of one that is so elsewhere. Throws a `TypeError` for anything else. */
function ownCopy(value: unknown): Uint8Array<ArrayBuffer> {
  checkContent(isForeign(value))
  return new Uint8Array(value)
}
