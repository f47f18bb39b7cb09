import { Buffer, constants, isUtf8 } from 'node:buffer'
import type { ProtocolPorts } from '../../protocol/bytes/ports.ts'
import { latin1Text, utf8Text, writeLatin1, writeUtf8 } from '../bytes/buffer-text.ts'
import { Latin1Holder } from '../bytes/latin1-holder.ts'
import { nodeZlib } from '../zlib/zlib-port.ts'
import { unmask } from './read-buffer.ts'

/** What Node does faster than portable code. */
export const nodePorts: ProtocolPorts = {
  isUtf8,
  unmask,
  decodeText: (bytes, start, end, ascii) =>
    ascii ? latin1Text(bytes, start, end) : utf8Text(bytes, start, end),
  longestText: constants.MAX_STRING_LENGTH,
  textLength: (text) => Buffer.byteLength(text),
  // As many bytes as characters is ASCII, which is written fastest as Latin-1.
  writeText: (text, target, offset, byteLength) =>
    byteLength === text.length
      ? writeLatin1(text, target, offset)
      : writeUtf8(text, target, offset),
  zlib: nodeZlib,
}

/** Servers hold payloads, which are more often passed on than read. Clients do not, so that tests compare plain bytes. */
export const serverPorts: ProtocolPorts = { ...nodePorts, holder: () => new Latin1Holder() }
