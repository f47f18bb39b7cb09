import type { BytesHolder } from './held-bytes.ts'
import { applyMask } from './mask.ts'
import { decodeUtf8, utf8Length, writeUtf8 } from './utf8.ts'
import { Utf8Validator } from './utf8-validator.ts'
import type { ZlibPort } from './zlib-port.ts'

/** What a platform may do faster than portable code. */
export interface ProtocolPorts {
  isUtf8(bytes: Uint8Array): boolean
  /** Unmasks a payload in place, as `applyMask` does. */
  unmask(bytes: Uint8Array, start: number, end: number, key: number): number
  /** The text of valid UTF-8 in `bytes[start, end)`; `ascii` says that every octet is below 0x80. */
  decodeText(bytes: Uint8Array, start: number, end: number, ascii: boolean): string
  /** The most bytes of one text that `decodeText` can take: a longer message is too big, whatever the limits say. */
  readonly longestText: number
  /** How many bytes `text` takes in UTF-8. */
  textLength(text: string): number
  /**
   * Writes `text` as UTF-8 at `offset`, where there must be room; returns the number of bytes. `byteLength` is that
   * number if it is known, else -1.
   */
  writeText(text: string, target: Uint8Array, offset: number, byteLength: number): number
  /** Makes the holder for the binary messages of one connection. Absent: they are copied. */
  holder?(): BytesHolder
  /** Absent: permessage-deflate is not offered. */
  readonly zlib?: ZlibPort | undefined
}

/** In bytes: V8's longest string, which is shorter than those of other engines. */
const LONGEST_TEXT = 536_870_888

/** Runs anywhere. */
export const portablePorts: ProtocolPorts = {
  isUtf8: octetwise,
  unmask: applyMask,
  decodeText: (bytes, start, end) => decodeUtf8(bytes.subarray(start, end)),
  longestText: LONGEST_TEXT,
  textLength: utf8Length,
  writeText: (text, target, offset) =>
    writeUtf8(text, offset === 0 ? target : target.subarray(offset)),
}

/** In runs of 32 octets: for longer ones, the validator would call its bulk check, which is this function. */
function octetwise(bytes: Uint8Array): boolean {
  const validator = new Utf8Validator(octetwise)
  for (let offset = 0; offset < bytes.length; offset += 32) {
    if (!validator.push(bytes, offset, Math.min(offset + 32, bytes.length))) return false
  }
  return validator.complete
}
