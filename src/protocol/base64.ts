const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The base64 text of `bytes`, padded (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += ALPHABET[group >>> 18]
    text += ALPHABET[(group >>> 12) & 63]
    text += i + 1 < bytes.length ? ALPHABET[(group >>> 6) & 63] : '='
    text += i + 2 < bytes.length ? ALPHABET[group & 63] : '='
  }
  return text
}

/**
 * How many bytes `text` encodes; `undefined` when it is not what `encodeBase64` writes: a foreign character, missing
 * padding, or bits left over at the end that are not zero (RFC 4648, section 3.5).
 */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  let last = 0
  for (let i = 0; i < text.length - padding; i++) {
    last = ALPHABET.indexOf(text.charAt(i))
    if (last < 0) return undefined
  }
  const leftOver = padding === 2 ? 0b1111 : padding === 1 ? 0b11 : 0
  return (last & leftOver) === 0 ? (text.length / 4) * 3 - padding : undefined
}
