import type { HeldBytes } from './held-bytes.ts'

/**
 * The bytes. Throws a `TypeError` for anything else: not every caller is type-checked, and text, a number, or another
 * kind of array would be sent as something else.
 */
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

/** Throws a `TypeError` unless the content of a message or a frame is `valid`. */
export function checkContent(valid: boolean): void {
  if (!valid) throw new TypeError('a message is made of a string or a Uint8Array')
}
