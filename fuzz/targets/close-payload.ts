import type { Role } from 'antiphon/protocol'
import fc from 'fast-check'
import { fromHex, joined, toHex } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import { WatchedConnection } from '../support/watched-connection.ts'
import type { Target } from '../target.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 6455, sections 5.5.1, 7.4.1 and 7.4.2, and the registry of IANA, in the plainest words. */
function expectedFailure(payload: Uint8Array): number | undefined {
  if (payload.length === 0) return undefined
  if (payload.length === 1) return 1002
  const code = payload[0]! * 256 + payload[1]!
  const inRegistry = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
  if (!inRegistry && (code < 3000 || code > 4999)) return 1002
  try {
    strict.decode(payload.subarray(2))
    return undefined
  } catch {
    return 1007
  }
}

/** The payload of a Close frame, to both roles. */
export const closePayload: Target = {
  name: 'close-payload',
  seeds: [
    '',
    '03',
    '03 e8',
    '03 e8 62 79 65',
    '03 ed',
    '0b b8 e2 82 ac',
    '03 e8 e2 82',
    '13 88',
  ].map(fromHex),
  words: [
    '03 e8',
    '03 ed',
    '03 f6',
    '03 f7',
    '0b b7',
    '0b b8',
    '13 87',
    'e2 82 ac',
    'ed a0 80',
    'c0 80',
  ].map(fromHex),
  inputs: fc
    .tuple(
      fc.oneof(
        fc.integer({ min: 990, max: 1020 }),
        fc.integer({ min: 2990, max: 5010 }),
        fc.nat(65_535),
      ),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }).map((text): Uint8Array => Buffer.from(text)),
        fc.uint8Array({ maxLength: 12 }).map((bytes): Uint8Array => bytes),
      ),
    )
    .map(([code, reason]) => joined(Uint8Array.of(code >> 8, code & 0xff), reason)),
  check(input) {
    const payload = input.subarray(0, 125)
    const expected = expectedFailure(payload)
    for (const role of ['server', 'client'] satisfies Role[]) {
      const mask =
        role === 'server'
          ? Uint8Array.of(0x88, 0x80 | payload.length, 0, 0, 0, 0)
          : Uint8Array.of(0x88, payload.length)
      const watched = new WatchedConnection({ role }).feed([Uint8Array.from(joined(mask, payload))])
      const { record } = watched.connection
      promised(record !== undefined, 'a Close frame ends the connection')
      same(watched.violation?.code, expected, 'the payload is judged as the RFC has it')
      promised(
        record.clean === (expected === undefined),
        'the handshake is clean when the frame is right',
      )
      if (role === 'server' && expected === undefined) {
        same(
          toHex(watched.output.written),
          `88${toHex(Uint8Array.of(payload.length))}${toHex(payload)}`,
          'the answer says the same',
        )
      }
    }
  },
}
