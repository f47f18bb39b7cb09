import { decodeUtf8 } from '../protocol/bytes/utf8.ts'

/** How deep values may be, in either direction. */
export const MAX_DEPTH = 100

/**
 * Throws a `RangeError` or a `TypeError` unless `bytes` are exactly one value of MessagePack, without making any of it.
 *
 * The decoder takes an array's announced length on trust and makes room for it: forty bytes can ask for gigabytes.
 * Here every announced element must be there. Text must be UTF-8, integers must be exact as numbers, and nothing is
 * deeper than `MAX_DEPTH`.
 */
export function checkMessagePack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  value(1)
  if (at !== bytes.length) throw new RangeError('the content does not end with the value')

  /** Reading past the end throws, so each announced value must be there, and this takes time linear in the bytes. */
  function value(depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError(`a value is more than ${MAX_DEPTH} deep`)
    for (let left = inside(view.getUint8(at++)); left > 0; left--) value(depth + 1)
  }

  /** Skips a value that begins with `head`, except for the values inside; returns how many those are. */
  function inside(head: number): number {
    if (head < 0x80 || head >= 0xe0) return 0 // fixint
    if (head < 0x90) return 2 * (head & 0x0f) // fixmap
    if (head < 0xa0) return head & 0x0f // fixarray
    if (head < 0xc0) return text(head & 0x1f) // fixstr
    if (head === 0xc1) throw new RangeError('the type 0xc1 is never used')
    if (head <= 0xc3) return 0 // nil, false, true
    if (head <= 0xc6) return skip(length(head - 0xc4)) // bin
    if (head <= 0xc9) return skip(length(head - 0xc7) + 1) // ext, with its type
    if (head <= 0xcb) return skip(head === 0xca ? 4 : 8) // float
    if (head === 0xcf) return exact(view.getBigUint64(at))
    if (head === 0xd3) return exact(view.getBigInt64(at))
    if (head <= 0xce) return skip(1 << (head - 0xcc)) // uint 8, 16, 32
    if (head <= 0xd2) return skip(1 << (head - 0xd0)) // int 8, 16, 32
    if (head <= 0xd8) return skip((1 << (head - 0xd4)) + 1) // fixext 1 to 16, with its type
    if (head <= 0xdb) return text(length(head - 0xd9)) // str
    if (head <= 0xdd) return length(head - 0xdb) // array
    return 2 * length(head - 0xdd) // map
  }

  /** A length of 1, 2 or 4 bytes. */
  function length(log2: number): number {
    const start = at
    at += 1 << log2
    return log2 === 0
      ? view.getUint8(start)
      : log2 === 1
        ? view.getUint16(start)
        : view.getUint32(start)
  }

  function skip(count: number): 0 {
    at += count
    return 0
  }

  function text(count: number): 0 {
    const end = at + count
    while (at < end && view.getUint8(at) < 0x80) at++
    if (at < end) decodeUtf8(bytes.subarray(at, end))
    at = end
    return 0
  }

  function exact(integer: bigint): 0 {
    if (BigInt.asIntN(54, integer) !== integer) {
      throw new RangeError('an integer is past 2^53 - 1 and cannot be exact as a number')
    }
    return skip(8)
  }
}
