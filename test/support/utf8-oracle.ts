import fc from 'fast-check'
import { anyText } from './text.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What the platform's strict decoder thinks. */
export function isUtf8Oracle(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** All ways to end a character that has begun: one of each class of octets that RFC 3629 tells apart is enough. */
const ENDINGS: readonly (readonly number[])[] = [
  [],
  ...[0x80, 0x90, 0xa0].flatMap((first) => [[first], [first, 0x80], [first, 0x80, 0x80]]),
]

/** How many octets of `bytes` can be the beginning of UTF-8: the one after them is the first impossible one. */
export function possiblePrefix(bytes: Uint8Array): number {
  const possible = (length: number): boolean =>
    ENDINGS.some((ending) => isUtf8Oracle(Uint8Array.of(...bytes.subarray(0, length), ...ending)))
  let length = 0
  while (length < bytes.length && possible(length + 1)) length++
  return length
}

/** Characters of every length, and octets that matter, here and there: long runs of UTF-8 that is nearly right. */
export const almostUtf8: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .array(
    fc.oneof(
      { weight: 30, arbitrary: anyText.map(encoded) },
      { weight: 10, arbitrary: fc.constant(encoded('a'.repeat(50))) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf)
          .map((octet) => [octet]),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(0xe0, 0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff)
          .map((octet) => [octet]),
      },
    ),
    { maxLength: 14 },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()))

function encoded(text: string): number[] {
  return [...new TextEncoder().encode(text)]
}
