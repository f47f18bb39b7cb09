import { copyBytes } from '../bytes/bytes.ts'
import type { HeldBytes } from '../bytes/held-bytes.ts'
import type { ProtocolPorts } from '../bytes/ports.ts'
import { BinaryFrame, type Frame, TextFrame } from './frame.ts'

/** A message to be sent: text, or bytes in either form. */
export type MessageContent = string | Uint8Array | HeldBytes

/**
 * The frame of a message. Without `scratch`, its data may be kept. With it, the data is only lent: bytes are not
 * copied, and what has to be written goes into `scratch` if it fits. `byteLength` is the length of text in UTF-8, -1
 * for unknown.
 */
export function messageFrame(
  content: MessageContent,
  byteLength: number,
  scratch: Uint8Array<ArrayBuffer> | undefined,
  ports: ProtocolPorts,
): Frame {
  if (typeof content === 'string') {
    const atMost = byteLength < 0 ? content.length * 3 : byteLength
    if (scratch === undefined || atMost > scratch.length) return new TextFrame(content)
    return new TextFrame(scratch.subarray(0, ports.writeText(content, scratch, 0, byteLength)))
  }
  const { length } = content
  if (content instanceof Uint8Array) {
    return new BinaryFrame((scratch === undefined ? copyBytes : lentBytes)(content, 0, length))
  }
  if (scratch === undefined) return new BinaryFrame(content.bytes())
  const target = length > scratch.length ? new Uint8Array(length) : scratch
  content.write(target, 0)
  return new BinaryFrame(target.subarray(0, length))
}

/**
 * A plain `Uint8Array` over `bytes[start, end)`: not a `Buffer`, whose `slice` would not copy. Memory shared with other
 * threads is copied.
 */
export function lentBytes(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer)) return copyBytes(bytes, start, end)
  return new Uint8Array(buffer, bytes.byteOffset + start, end - start)
}
