import { constants, deflateRawSync } from 'node:zlib'
import { createNodeZlib } from 'antiphon/node'
import { ExtensionFailure, type InflaterOptions, type ZlibPort } from 'antiphon/protocol'
import fc from 'fast-check'
import { fromHex, joined, toHex } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import type { Target } from '../target.ts'

const fast = createNodeZlib()
const portable = createNodeZlib({ fast: false })

/** What came of each message: its bytes in hex, or that it failed, which ends it. */
function inflateAll(
  port: ZlibPort,
  options: InflaterOptions,
  messages: readonly Uint8Array[],
  maxLength: number,
): string[] {
  const inflater = port.inflater(options)
  const results: string[] = []
  try {
    for (const message of messages) {
      const content = inflater.inflate(message, maxLength)
      promised(content.length <= maxLength, 'nothing grows beyond the limit')
      results.push(toHex(content))
    }
  } catch (error) {
    if (!(error instanceof ExtensionFailure)) throw error
    promised([1007, 1008, 1009].includes(error.code), 'a failure says 1007, 1008 or 1009')
    results.push('failed') // what is too large may be found corrupt first, and the other way round
  } finally {
    inflater.close()
  }
  return results
}

/** Each message behind its length, in one octet; empty ones are left out, as the extension does. */
function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes[at]!
    const message = Uint8Array.from(bytes.subarray(at + 1, end))
    if (message.length > 0) messages.push(message)
    at = end
  }
  return messages
}

/**
 * The one thing that zlib's public functions cannot tell: that a message ends within a block, which then goes on with the
 * `00 00 ff ff` that is put back (RFC 7692, section 7.2.2).
 */
function endsWithinBlock(ours: readonly string[], theirs: readonly string[]): boolean {
  const at = ours.length - 1
  return ours[at] === 'failed' && theirs[at] !== 'failed' && theirs.length >= ours.length
}

const packed = (content: Uint8Array): Uint8Array =>
  deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)

/**
 * Compressed messages from a peer, by both ways that Node's zlib is driven. The first octet has the window and whether it
 * is kept, the second the limit, in units of 64 bytes.
 */
export const inflate: Target = {
  name: 'inflate',
  seeds: [
    '0f ff 07 f2 48 cd c9 c9 07 00 05 f2 00 11 00 00',
    '1f ff 07 f2 48 cd c9 c9 07 00 05 f2 00 11 00 00',
    '19 10 0b 00 05 00 fa ff 48 65 6c 6c 6f 00',
    '0f ff 08 f3 48 cd c9 c9 07 00 00',
    '1f 01 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00',
    '0f 01 02 07 00',
  ].map(fromHex),
  words: [
    'f2 48 cd c9 c9 07 00',
    '00 05 00 fa ff',
    '00 00 ff ff',
    '03 00',
    '01 00 00 ff ff',
    '07',
    '05 e0 81',
  ].map(fromHex),
  inputs: fc
    .tuple(
      fc.integer({ min: 9, max: 31 }),
      fc.nat(255),
      fc.array(
        fc.tuple(
          fc.uint8Array({ minLength: 1, maxLength: 60 }),
          fc.nat(60),
          fc.integer({ min: -1, max: 60 }),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([window, limit, messages]) =>
      joined(
        Uint8Array.of(window, limit),
        ...messages.flatMap(([content, repeat, spoilt]) => {
          const bytes = Uint8Array.from(
            packed(Buffer.concat(Array.from({ length: repeat + 1 }, () => content))),
          ).slice(0, 255)
          if (spoilt >= 0 && spoilt < bytes.length) bytes[spoilt]! ^= 0x10
          return [Uint8Array.of(bytes.length), bytes]
        }),
      ),
    ),
  check(input) {
    const [first = 15, limit = 0] = input
    const options = { windowBits: 8 + (first & 7), contextTakeover: (first & 0x10) !== 0 }
    const messages = messagesIn(input.subarray(2))
    const ours = inflateAll(fast, options, messages, limit * 64)
    const theirs = inflateAll(portable, options, messages, limit * 64)
    const before = ours.slice(0, endsWithinBlock(ours, theirs) ? -1 : undefined)
    same(before, theirs.slice(0, before.length), 'both ways give the same')
    if (before.length === ours.length) same(theirs.length, ours.length, 'both ways end alike')
  },
}
