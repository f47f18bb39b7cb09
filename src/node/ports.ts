import { Buffer, isUtf8 } from 'node:buffer'
import * as crypto from 'node:crypto'
import { KEY_GUID } from '../protocol/handshake/accept-key.ts'
import type { ProtocolPorts } from '../protocol/ports.ts'
import { Latin1Holder } from './latin1-holder.ts'
import { unmask } from './read-buffer.ts'
import { nodeZlib } from './zlib-port.ts'

/** What Node does faster than portable code. */
export const nodePorts: ProtocolPorts = {
  isUtf8,
  unmask,
  decodeText: (bytes, start, end, ascii) =>
    asBuffer(bytes).toString(ascii ? 'latin1' : 'utf8', start, end),
  textLength: (text) => Buffer.byteLength(text),
  // As many bytes as characters: ASCII, which is written fastest as Latin-1.
  writeText: (text, target, offset, byteLength) =>
    asBuffer(target).write(text, offset, byteLength === text.length ? 'latin1' : 'utf8'),
  acceptKey: (key) => sha1(key + KEY_GUID),
  zlib: nodeZlib,
}

/** What a server gets is passed on more often than looked at; what a client gets is compared, in tests. */
export const serverPorts: ProtocolPorts = { ...nodePorts, holder: () => new Latin1Holder() }

/** In base64. Not every runtime that has Node's modules can do it at one go. */
function sha1(text: string): string {
  return typeof crypto.hash === 'function'
    ? crypto.hash('sha1', text, 'base64')
    : crypto.createHash('sha1').update(text).digest('base64')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
