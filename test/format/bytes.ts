/** `'01 ff'`, for content that may be text. */
export function hex(content: string | Uint8Array): string {
  return Buffer.from(content)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
}

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

/** The same JSON value with 0 for -0, which JSON and the integers of other formats cannot tell apart. */
export function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
