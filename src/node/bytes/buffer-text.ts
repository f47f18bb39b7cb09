import { Buffer } from 'node:buffer'

/** What `toString` and `write` of a buffer call, once they have looked up the encoding. They take any bytes. */
interface TextMethods {
  latin1Slice(this: Uint8Array, start: number, end: number): string
  utf8Slice(this: Uint8Array, start: number, end: number): string
  latin1Write(this: Uint8Array, text: string, offset: number): number
  utf8Write(this: Uint8Array, text: string, offset: number): number
}

// Taken once: V8 looks them up anew for each call otherwise.
const { latin1Slice, utf8Slice, latin1Write, utf8Write }: Partial<TextMethods> = Buffer.prototype

export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice?.call(bytes, start, end) ?? asBuffer(bytes).toString('latin1', start, end)
}

export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return utf8Slice?.call(bytes, start, end) ?? asBuffer(bytes).toString('utf8', start, end)
}

/** Returns the number of bytes. */
export function writeLatin1(text: string, target: Uint8Array, offset: number): number {
  return latin1Write?.call(target, text, offset) ?? asBuffer(target).write(text, offset, 'latin1')
}

/** Returns the number of bytes. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  return utf8Write?.call(target, text, offset) ?? asBuffer(target).write(text, offset, 'utf8')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
