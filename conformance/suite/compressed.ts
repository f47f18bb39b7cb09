import { constants, deflateRawSync } from 'node:zlib'
import type { Case, DeflateTerms } from './case.ts'
import {
  binary,
  binaryEcho,
  fails,
  hears,
  hex,
  lazily,
  more,
  ping,
  text,
  textEcho,
} from './steps.ts'

type Test = Pick<Case, 'title' | 'send' | 'expect'> & { readonly rfc?: string }

/** Windows are kept both ways. */
const TERMS: readonly DeflateTerms[] = [{ noContextTakeover: false, windowBits: 0 }]

const RSV1 = { rsv: 4 }
const HELLO = textEcho('Hello')

/** "Hello" as RFC 7692, section 7.2.3, writes it. */
const FIXED = hex('f2 48 cd c9 c9 07 00')
const SHARED = hex('f2 00 11 00 00')
const STORED = hex('00 05 00 fa ff 48 65 6c 6c 6f 00')
const FINAL = hex('f3 48 cd c9 c9 07 00 00')
const TWO_BLOCKS = hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')

/** 17 MiB of nothing: more than anyone here takes, in 17 KiB. */
const bomb = (): Uint8Array =>
  deflateRawSync(new Uint8Array(17 * 1024 * 1024), {
    finishFlush: constants.Z_SYNC_FLUSH,
  }).subarray(0, -4)

const tests: readonly Test[] = [
  { title: 'one compressed block', send: [text(FIXED, RSV1)], expect: hears(HELLO) },
  {
    title: 'one compressed block in two fragments',
    send: [text(FIXED.subarray(0, 3), { ...RSV1, fin: false }), more(FIXED.subarray(3))],
    expect: hears(HELLO),
  },
  {
    title: 'one compressed block in fragments, a Ping between',
    send: [text(FIXED.subarray(0, 3), { ...RSV1, fin: false }), ping(), more(FIXED.subarray(3))],
    expect: hears('pong', HELLO),
  },
  { title: 'a block that is not compressed', send: [text(STORED, RSV1)], expect: hears(HELLO) },
  { title: 'a block that is marked as the last', send: [text(FINAL, RSV1)], expect: hears(HELLO) },
  { title: 'two blocks', send: [text(TWO_BLOCKS, RSV1)], expect: hears(HELLO) },
  {
    title: 'the same message again, by reference to the one before',
    send: [text(FIXED, RSV1), text(SHARED, RSV1)],
    expect: hears(HELLO, HELLO),
  },
  { title: 'nothing, compressed', send: [text(hex('00'), RSV1)], expect: hears(textEcho('')) },
  {
    title: 'messages that are compressed and that are not, in turn',
    send: [text('a'), text(FIXED, RSV1), binary('b'), binary(hex('00'), RSV1), text('c')],
    expect: hears(textEcho('a'), HELLO, binaryEcho('b'), binaryEcho(''), textEcho('c')),
  },
  {
    title: 'RSV1 on the second fragment',
    rfc: 'RFC 7692, 6.1',
    send: [text(FIXED.subarray(0, 3), { ...RSV1, fin: false }), more(FIXED.subarray(3), RSV1)],
    expect: fails(1002),
  },
  {
    title: 'RSV1 on the second fragment only',
    rfc: 'RFC 7692, 6.1',
    send: [text('He', { fin: false }), more('llo', RSV1)],
    expect: fails(1002),
  },
  {
    title: 'RSV1 on a Ping',
    rfc: 'RFC 7692, 6.1',
    send: [ping('', RSV1)],
    expect: fails(1002),
  },
  {
    title: 'RSV1 and RSV2 on a text',
    rfc: 'RFC 7692, 6',
    send: [text(FIXED, { rsv: 6 })],
    expect: fails(1002),
  },
  {
    title: 'a block of a type that is reserved',
    send: [text(hex('07 00'), RSV1)],
    expect: fails([1007, 1002]),
  },
  {
    title: 'a reference further back than there is anything',
    send: [text(SHARED, RSV1)],
    expect: fails([1007, 1002]),
  },
  {
    title: 'a block that ends too soon',
    send: [text(STORED.subarray(0, 6), RSV1)],
    expect: fails([1007, 1002]),
  },
  {
    title: 'bytes that are no deflate, after one that is',
    send: [text(FIXED, RSV1), text(hex('ff ff ff ff'), RSV1)],
    expect: fails([1007, 1002], [HELLO], [[]]),
  },
  {
    title: 'text that is not UTF-8 once it is inflated',
    rfc: '8.1',
    send: [text(hex('00 02 00 fd ff c3 28 00'), RSV1)],
    expect: fails(1007),
  },
  {
    title: 'a compressed message that grows beyond what is allowed',
    rfc: 'RFC 7692, 8',
    send: lazily(() => [binary(bomb(), RSV1)]),
    expect: fails(1009),
  },
]

/** 13.8: what is compressed by hand. */
export const compressed: readonly Case[] = tests.map((test, i) => ({
  id: `13.8.${i + 1}`,
  own: true,
  rfc: 'RFC 7692, 7.2.3',
  deflate: TERMS,
  ...test,
}))
