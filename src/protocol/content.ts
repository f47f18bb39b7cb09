import type { HeldBytes } from './held-bytes.ts'

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
