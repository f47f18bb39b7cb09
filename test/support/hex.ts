/** The bytes that hex digits name; spaces and line breaks are for the reader. */
export function bytes(digits: string): Uint8Array<ArrayBuffer> {
  const close = digits.replace(/\s+/g, '')
  if (close.length % 2 !== 0 || /[^0-9a-f]/i.test(close)) {
    throw new TypeError(`not bytes in hex: '${digits}'`)
  }
  return Uint8Array.from(Buffer.from(close, 'hex'))
}

/** Bytes, or hex digits with spaces, as hex digits alone: what two sides of a comparison are brought to. */
export function hex(content: string | Uint8Array): string {
  return Buffer.from(typeof content === 'string' ? bytes(content) : content).toString('hex')
}

/** Several pieces, one after the other. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(pieces))
}
