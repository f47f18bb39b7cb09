import { Buffer } from 'node:buffer'

/** What `toString` and `write` of a buffer call, once they have looked up the encoding. */
interface TextMethods {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  latin1Write(text: string, offset: number): number
  utf8Write(text: string, offset: number): number
}

type TextBuffer = Buffer & Partial<TextMethods>

export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  const buffer: TextBuffer = asBuffer(bytes)
  return buffer.latin1Slice?.(start, end) ?? buffer.toString('latin1', start, end)
}

export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  const buffer: TextBuffer = asBuffer(bytes)
  return buffer.utf8Slice?.(start, end) ?? buffer.toString('utf8', start, end)
}

/** Returns the number of bytes. */
export function writeLatin1(text: string, target: Uint8Array, offset: number): number {
  const buffer: TextBuffer = asBuffer(target)
  return buffer.latin1Write?.(text, offset) ?? buffer.write(text, offset, 'latin1')
}

/** Returns the number of bytes. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  const buffer: TextBuffer = asBuffer(target)
  return buffer.utf8Write?.(text, offset) ?? buffer.write(text, offset, 'utf8')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
