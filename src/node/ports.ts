import { Buffer, isUtf8 } from 'node:buffer'
import type { ProtocolPorts } from '../protocol/ports.ts'
import { nodeZlib } from './zlib-port.ts'

/** What Node does faster than portable code. */
export const nodePorts: ProtocolPorts = {
  isUtf8,
  decodeText: (bytes, start, end, ascii) =>
    asBuffer(bytes).toString(ascii ? 'latin1' : 'utf8', start, end),
  textLength: (text) => Buffer.byteLength(text),
  // As many bytes as characters: ASCII, which is written fastest as Latin-1.
  writeText: (text, target, offset, byteLength) =>
    asBuffer(target).write(text, offset, byteLength === text.length ? 'latin1' : 'utf8'),
  zlib: nodeZlib,
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
