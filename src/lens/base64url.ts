import { decodeBase64, encodeBase64 } from '../protocol/bytes/base64.ts'

/** Base64url without padding (RFC 4648, section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The inverse; `undefined` for any text that `encodeBase64url` does not make. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  const bytes = decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
  return encodeBase64url(bytes) === text ? bytes : undefined
}
