import { decodeUtf8, encodeUtf8 } from './utf8.ts'

const ALPHABET = /* @__PURE__ */ encodeUtf8(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
)
const PADDING = 0x3d

/** The base64 text of `bytes`, padded (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const { length } = bytes
  // Gathered as bytes: a string that grows by one character at a time takes fifty times the memory.
  const text = new Uint8Array(Math.ceil(length / 3) * 4)
  for (let i = 0, at = 0; i < length; i += 3, at += 4) {
    // Beyond the end of an array is `undefined`, which counts as 0.
    const group = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!
    text[at] = ALPHABET[group >>> 18]!
    text[at + 1] = ALPHABET[(group >>> 12) & 63]!
    text[at + 2] = i + 1 < length ? ALPHABET[(group >>> 6) & 63]! : PADDING
    text[at + 3] = i + 2 < length ? ALPHABET[group & 63]! : PADDING
  }
  return decodeUtf8(text)
}

/** The bytes of a base64 text, as leniently as `atob` reads it. Throws if it is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
