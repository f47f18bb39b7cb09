import * as crypto from 'node:crypto'
import { KEY_GUID } from '../../protocol/handshake/accept-key.ts'

/** As `acceptKey` of the protocol, with Node's SHA-1, so that bundles for Node leave ours out. */
export function acceptKey(key: string): string {
  const text = key + KEY_GUID
  // Not every runtime with Node's modules has `hash`.
  return typeof crypto.hash === 'function'
    ? crypto.hash('sha1', text, 'base64')
    : crypto.createHash('sha1').update(text).digest('base64')
}
