/** `'f2 48'`, as tests quote bytes. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** The bytes of `'f2 48'`. */
export function unhex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[\da-f]{2}(?: |$))*$/.test(text)) throw new TypeError(`not bytes in hex: ${text}`)
  return Uint8Array.from(text.match(/../g) === null ? [] : text.split(' '), (pair) =>
    parseInt(pair, 16),
  )
}
