import { FrameParser } from 'antiphon/protocol'
import fc from 'fast-check'
import { cut, fromHex, joined } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import { frames } from '../support/wire-frames.ts'
import type { Target } from '../target.ts'

/** Reads frames one by one; payloads are passed over. Everything told, and how many octets were taken. */
function read(pieces: readonly Uint8Array[], first: number): unknown[] {
  const parser = new FrameParser({
    ...(first & 1 ? { masked: (first & 2) !== 0 } : {}),
    reserved: (first & 7) << 4,
  })
  const told: unknown[] = []
  let left = 0
  for (const piece of pieces) {
    let offset = 0
    while (offset < piece.length && parser.violation === undefined) {
      if (!parser.bodyReady) {
        const next = parser.frame(piece, offset, piece.length)
        promised(next >= offset && next <= piece.length, 'it stops within what it was given')
        offset = next
        if (!parser.bodyReady) continue
        left = parser.length
        const { fin, opcode, mask, length, maskKey, reserved, frameType } = parser
        promised(length >= 0, 'a length is no less than 0')
        promised(opcode < 8 || (fin && length <= 125), 'control frames are small and whole')
        told.push([fin, opcode, mask, length, maskKey, reserved, frameType.name])
      }
      const taken = Math.min(left, piece.length - offset)
      left -= taken
      offset += taken
      if (left === 0) parser.bodyComplete()
    }
  }
  told.push(parser.violation ?? null, parser.messageOpcode)
  return told
}

/** Frame headers. The first octet chooses what the parser holds frames to, the second how the rest is cut. */
export const frameParser: Target = {
  name: 'frame-parser',
  seeds: [
    '00 00 81 05 48 65 6c 6c 6f 82 00',
    '03 01 81 85 37 fa 21 3d 7f 9f 4d 51 58',
    '01 02 01 01 61 00 01 62 80 00 88 00',
    '04 03 c1 00 a1 00',
    '00 04 82 7e 01 00',
    '00 05 82 7f 00 00 00 00 00 01 00 00',
    '00 06 82 7f 80 00 00 00 00 00 00 00',
    '00 07 82 7e 00 01',
  ].map(fromHex),
  words: [
    '81 00',
    '01 00',
    '80 00',
    '88 00',
    '89 7d',
    '82 7e 00 7e',
    '82 7f 00 00 00 00 00 01 00 00',
    'ff',
  ].map(fromHex),
  inputs: fc
    .tuple(fc.nat(7), fc.nat(255), fc.oneof(frames(true), frames(false)))
    .map(([first, at, bytes]) => joined(Uint8Array.of(first, at), bytes)),
  check(input) {
    const [first = 0, at = 0] = input
    const bytes = input.subarray(2)
    same(read(cut(bytes, at), first), read([bytes], first), 'it reads the same however it is cut')
  },
}
