import { Buffer, isUtf8 } from 'node:buffer'
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
  zlib: nodeZlib,
}

/** What a server gets is passed on more often than looked at; what a client gets is compared, in tests. */
export const serverPorts: ProtocolPorts = { ...nodePorts, holder: () => new Latin1Holder() }

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
