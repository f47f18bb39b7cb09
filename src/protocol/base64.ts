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

/** The bytes of a base64 text, as leniently as `atob` reads it. Throws if it is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
