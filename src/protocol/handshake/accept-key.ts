import { encodeBase64 } from '../bytes/base64.ts'
import { sha1 } from '../bytes/sha1.ts'
import { encodeUtf8 } from '../bytes/utf8.ts'

/** What is appended to a key before it is digested (RFC 6455, section 1.3). */
export const KEY_GUID: string = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2, item 5.4). */
export function acceptKey(key: string): string {
  return encodeBase64(sha1(encodeUtf8(key + KEY_GUID)))
}

/**
 * True for the base64 of 16 bytes (RFC 6455, section 4.2.1, item 5). The four bits left over at the end may be any: the
 * RFC's own example in section 4.1 has some set.
 */
export function isValidKey(key: string): boolean {
  return /^[+/0-9A-Za-z]{22}==$/.test(key)
}

/** A fresh `Sec-WebSocket-Key`: 16 bytes from the platform's CSPRNG (RFC 6455, section 4.1, item 7). */
export function newKey(): string {
  return encodeBase64(crypto.getRandomValues(new Uint8Array(16)))
}
