import * as crypto from 'node:crypto'
import { KEY_GUID } from '../protocol/handshake/accept-key.ts'

/** `acceptKey` of the protocol, by Node's digest: bundles for Node have none of ours. */
export function acceptKey(key: string): string {
  const text = key + KEY_GUID
  // Not every runtime that has Node's modules can do it at one go.
  return typeof crypto.hash === 'function'
    ? crypto.hash('sha1', text, 'base64')
    : crypto.createHash('sha1').update(text).digest('base64')
}
