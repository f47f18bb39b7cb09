/** The bytes that hex digits name; spaces and line breaks are for the reader. */
export function bytes(digits: string): Uint8Array<ArrayBuffer> {
  const pairs = digits.replace(/\s+/g, '').match(/..?/g) ?? []
  return Uint8Array.from(pairs, (pair) => {
    if (!/^[0-9a-f]{2}$/i.test(pair)) throw new TypeError(`not a byte in hex: '${pair}'`)
    return Number.parseInt(pair, 16)
  })
}

/** Bytes, or hex digits with spaces, as hex digits alone: what two sides of a comparison are brought to. */
export function hex(content: string | Uint8Array): string {
  const all = typeof content === 'string' ? bytes(content) : content
  return Array.from(all, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

/** Several pieces, one after the other. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]))
}
