import type { Case, TestFrame } from './case.ts'
import {
  binary,
  binaryEcho,
  CLOSE,
  fails,
  frame,
  hears,
  PING,
  pongOf,
  TEXT,
  text,
  textEcho,
} from './steps.ts'

const SIZES: readonly number[] = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536]

/** The last size of each kind is sent in pieces of so many octets. */
const ODD_PIECE = 997

const echoes: readonly Case[] = SIZES.flatMap((size, i) => {
  const chopped = i === SIZES.length - 1 ? { chop: ODD_PIECE } : {}
  const how = i === SIZES.length - 1 ? `, in pieces of ${ODD_PIECE}` : ''
  const letters = '*'.repeat(size)
  const octets = new Uint8Array(size).fill(0xfe)
  return [
    {
      id: `1.1.${i + 1}`,
      title: `text of ${size} bytes${how}`,
      rfc: '5.6',
      send: [text(letters)],
      expect: hears(textEcho(letters)),
      ...chopped,
    },
    {
      id: `1.2.${i + 1}`,
      title: `binary of ${size} bytes${how}`,
      rfc: '5.6',
      send: [binary(octets)],
      expect: hears(binaryEcho(octets)),
      ...chopped,
    },
  ]
})

const octetsOf = (octets: 0 | 2 | 8, value: bigint): Pick<TestFrame, 'length'> => ({
  length: { octets, value },
})

/** What a header may not say of mask and length. */
const own: readonly Omit<Case, 'id' | 'own'>[] = [
  {
    title: 'a masked text is taken, and unmasked',
    rfc: '5.3',
    send: [text('Hello')],
    expect: hears(textEcho('Hello')),
  },
  ...(
    [
      ['text', TEXT, 'Hello'],
      ['an empty text', TEXT, ''],
      ['a Ping', PING, ''],
      ['a Close', CLOSE, '\u0003\u00e8'],
    ] as const
  ).map(([what, opcode, payload]) => ({
    title: `${what}, masked though from a server, or not masked though from a client`,
    rfc: '5.1',
    send: [
      frame(
        opcode,
        Uint8Array.from(payload, (c) => c.charCodeAt(0)),
        { wrongMask: true },
      ),
    ],
    expect: fails(1002),
  })),
  {
    title: 'a length of 2, written in two octets',
    rfc: '5.2',
    send: [text('no', octetsOf(2, 2n))],
    expect: fails(1002),
  },
  {
    title: 'a length of 125, written in two octets',
    rfc: '5.2',
    send: [binary(new Uint8Array(125), octetsOf(2, 125n))],
    expect: fails(1002),
  },
  {
    title: 'a length of 126, written in eight octets',
    rfc: '5.2',
    send: [binary(new Uint8Array(126), octetsOf(8, 126n))],
    expect: fails(1002),
  },
  {
    title: 'a length of 65,535, written in eight octets',
    rfc: '5.2',
    send: [binary(new Uint8Array(65_535), octetsOf(8, 65_535n))],
    expect: fails(1002),
  },
  ...[0x8000_0000_0000_0000n, 0x8000_0000_0000_0005n, 0xffff_ffff_ffff_ffffn].map((value) => ({
    title: `a length of 0x${value.toString(16)}, its most significant bit set`,
    rfc: '5.2',
    send: [binary('12345', octetsOf(8, value))],
    expect: fails(1002),
  })),
  ...[0x7fff_ffff_ffff_ffffn, 0x20_0000_0000_0001n, 0x1_0000_0000n].map((value) => ({
    title: `a length of 0x${value.toString(16)}, more than anyone takes`,
    rfc: '10.4',
    send: [binary('12345', octetsOf(8, value))],
    expect: fails(1009),
  })),
  {
    title: 'a text, a binary and a Ping, then another of each',
    rfc: '5.6',
    send: [text('a'), binary('b'), frame(PING, 'c'), text(''), binary(''), frame(PING)],
    expect: hears(
      textEcho('a'),
      binaryEcho(Uint8Array.of(0x62)),
      pongOf('c'),
      textEcho(''),
      binaryEcho(''),
      pongOf(''),
    ),
  },
]

/** 1: frames of every length. */
export const framing: readonly Case[] = [
  ...echoes,
  ...own.map((test, i) => ({ ...test, id: `1.3.${i + 1}`, own: true })),
]
