const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The upper six bits of the two kinds of surrogates. */
const HIGH = 0xd800 >> 10
const LOW = 0xdc00 >> 10

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** Writes `text` at the beginning of `target`, as far as it fits; returns the number of bytes. */
export function writeUtf8(text: string, target: Uint8Array): number {
  return encoder.encodeInto(text, target).written
}

/** The text of `bytes`, a byte order mark kept. Throws a `TypeError` when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes)
}

/** How many bytes `text` takes in UTF-8; a lone surrogate counts as the three of U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    // A pair of surrogates: 4 bytes for 2 units.
    if (unit >> 10 === HIGH && text.charCodeAt(i + 1) >> 10 === LOW) i++
  }
  return length
}

/** The longest prefix of `text` that fits in `limit` UTF-8 bytes without splitting a character. */
export function truncateUtf8(text: string, limit: number): string {
  // Not by `encodeInto`: on Node 26 it stops before a character that would just fit.
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > limit) return text.slice(0, end)
    end += character.length
  }
  return text
}
