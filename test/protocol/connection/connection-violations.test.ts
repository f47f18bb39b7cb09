import { describe, expect, it } from 'vitest'
import { bytes } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'

interface Case {
  readonly what: string
  /** From a client; the key 00000000 leaves payloads legible. */
  readonly client?: string
  readonly server?: string
  readonly code: number
  readonly message: string
  /** What is told before. */
  readonly log?: readonly string[]
}

const RESERVED_BITS = (names: string): string =>
  `reserved bits ${names} that no extension gives a meaning`
const TOP_BIT = 'the first bit of a 64-bit length must be 0'
const NOT_UTF8 = 'text that is not UTF-8'
const INTERLEAVED = 'a message within another message'
const NOTHING_TO_CONTINUE = 'continuation without a message'
const FRAGMENTED_CONTROL = 'control frames cannot be fragmented'
const BIG_CONTROL = 'control frames cannot carry more than 125 bytes'

const cases: readonly Case[] = [
  ...['81 05 48656c6c6f', '82 00', '89 00', '88 02 03e8', '01 00'].map((client) => ({
    what: 'an unmasked frame from a client (RFC 6455, section 5.1) (B5)',
    client,
    code: 1002,
    message: 'frames from a client must be masked',
  })),
  ...['81 85 37fa213d 7f9f4d5158', '82 80 37fa213d', '89 80 37fa213d', '88 82 00000000 03e8'].map(
    (server) => ({
      what: 'a masked frame from a server (RFC 6455, section 5.1) (B5)',
      server,
      code: 1002,
      message: 'frames from a server must not be masked',
    }),
  ),
  ...(
    [
      ['RSV1', 'c1'],
      ['RSV2', 'a1'],
      ['RSV3', '91'],
      ['RSV1, RSV2, RSV3', 'f2'],
      ['RSV1', 'c9'],
      ['RSV2', 'a8'],
    ] as const
  ).map(([names, first]) => ({
    what: `${names} (RFC 6455, section 5.2) (B5)`,
    client: `${first} 80 00000000`,
    server: `${first} 00`,
    code: 1002,
    message: RESERVED_BITS(names),
  })),
  {
    what: 'RSV1 on a continuation (B5)',
    client: '01 80 00000000  c0 80 00000000',
    server: '01 00  c0 00',
    code: 1002,
    message: RESERVED_BITS('RSV1'),
  },
  ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode) => ({
    what: 'a reserved opcode (RFC 6455, section 5.2)',
    client: `8${opcode.toString(16)} 80 00000000`,
    server: `8${opcode.toString(16)} 00`,
    code: 1002,
    message: `reserved opcode 0x${opcode.toString(16)}`,
  })),
  ...['08', '09', '0a'].map((first) => ({
    what: 'a fragmented control frame (RFC 6455, section 5.5)',
    client: `${first} 80 00000000`,
    server: `${first} 00`,
    code: 1002,
    message: FRAGMENTED_CONTROL,
  })),
  {
    what: 'a fragmented control frame that is too big besides',
    server: '09 7e',
    code: 1002,
    message: FRAGMENTED_CONTROL,
  },
  ...['88', '89', '8a'].flatMap((first) => [
    {
      what: 'a control frame of 126 octets or more, before its length is there (5.5)',
      client: `${first} fe`,
      server: `${first} 7e`,
      code: 1002,
      message: BIG_CONTROL,
    },
    {
      what: 'a control frame with a 64-bit length (5.5)',
      client: `${first} ff`,
      server: `${first} 7f`,
      code: 1002,
      message: BIG_CONTROL,
    },
  ]),
  ...['80', '00'].map((first) => ({
    what: 'a continuation with nothing to continue (RFC 6455, section 5.4)',
    client: `${first} 81 00000000 61`,
    server: `${first} 01 61`,
    code: 1002,
    message: NOTHING_TO_CONTINUE,
  })),
  {
    what: 'a continuation after the last fragment (5.4)',
    client: '01 81 00000000 61  80 81 00000000 62  80 81 00000000 63',
    server: '01 01 61  80 01 62  80 01 63',
    code: 1002,
    message: NOTHING_TO_CONTINUE,
    log: ['text "ab"'],
  },
  {
    what: 'a text within a text (5.4)',
    client: '01 81 00000000 61  81 81 00000000 62',
    server: '01 01 61  81 01 62',
    code: 1002,
    message: INTERLEAVED,
  },
  {
    what: 'bytes within a text, after a Ping between fragments (5.4)',
    client: '01 81 00000000 61  8a 80 00000000  02 81 00000000 62',
    server: '01 01 61  8a 00  02 01 62',
    code: 1002,
    message: INTERLEAVED,
    log: ['pong'],
  },
  ...(
    [
      ['a lone continuation octet', '61 80'],
      ['an overlong form', 'c0 80'],
      ['a surrogate', 'ed a0 80'],
      ['a value above U+10FFFF', 'f4 90 80 80'],
      ['0xff', '61 62 ff'],
      ['a character that is not whole', '61 e2 82'],
      ['a bad octet far inside', `${'61'.repeat(70)} ff ${'61'.repeat(30)}`],
    ] as const
  ).map(([what, payload]) => {
    const length = bytes(payload).length
    const octet = (flag: number): string => (flag | length).toString(16).padStart(2, '0')
    return {
      what: `text with ${what} (RFC 6455, section 8.1) (B5)`,
      client: `81 ${octet(0x80)} 00000000 ${payload}`,
      server: `81 ${octet(0)} ${payload}`,
      code: 1007,
      message: NOT_UTF8,
    }
  }),
  {
    what: 'a character that is broken over two fragments',
    client: '01 82 00000000 61e2  80 81 00000000 28',
    server: '01 02 61e2  80 01 28',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'a text whose last fragment ends within a character',
    client: '01 82 00000000 61e2  80 81 00000000 82',
    server: '01 02 61e2  80 01 82',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'a text whose last fragment is empty, and ends within a character',
    client: '01 81 00000000 e2  80 80 00000000',
    server: '01 01 e2  80 00',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'a bad octet in the first fragment, at once',
    client: '01 82 00000000 61ff',
    server: '01 02 61ff',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'a bad octet in the middle of a frame, 997 octets before its end',
    client: '81 fe 03e8 00000000 61 62 ff',
    server: '81 7e 03e8 61 62 ff',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'an octet that makes a character impossible, before the character is whole',
    client: '81 fe 03e8 00000000 f4 90',
    server: '81 7e 03e8 f4 90',
    code: 1007,
    message: NOT_UTF8,
  },
  {
    what: 'a Close payload of one octet (RFC 6455, section 5.5.1) (B5)',
    client: '88 81 00000000 03',
    server: '88 01 03',
    code: 1002,
    message: 'a close payload of one byte',
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => {
    const payload = code.toString(16).padStart(4, '0')
    return {
      what: `a Close with code ${code} (RFC 6455, section 7.4) (B3)`,
      client: `88 82 00000000 ${payload}`,
      server: `88 02 ${payload}`,
      code: 1002,
      message: `close code ${code} is not allowed`,
    }
  }),
  {
    what: 'a Close whose message is not UTF-8 (RFC 6455, section 5.5.1)',
    client: '88 84 00000000 03e8 c080',
    server: '88 04 03e8 c080',
    code: 1007,
    message: 'a close message that is not UTF-8',
  },
  {
    what: 'a Close with 123 octets that are not UTF-8 (B7)',
    client: `88 fd 00000000 03e8 ${'ff'.repeat(123)}`,
    server: `88 7d 03e8 ${'ff'.repeat(123)}`,
    code: 1007,
    message: 'a close message that is not UTF-8',
  },
  ...['8000000000000003', '8000000000000000', 'ffffffffffffffff'].map((length) => ({
    what: 'a length with its most significant bit set (RFC 6455, section 5.2) (B8)',
    client: `82 ff ${length} 00000000`,
    server: `82 7f ${length}`,
    code: 1002,
    message: TOP_BIT,
  })),
  ...(
    [
      [6, 'fe', '7e', '0006'],
      [125, 'fe', '7e', '007d'],
      [0, 'ff', '7f', '0000000000000000'],
      [65_535, 'ff', '7f', '000000000000ffff'],
    ] as const
  ).map(([length, masked, unmasked, octets]) => ({
    what: 'a length that is not minimal (RFC 6455, section 5.2) (B5)',
    client: `82 ${masked} ${octets} 00000000`,
    server: `82 ${unmasked} ${octets}`,
    code: 1002,
    message: `length ${length} in more octets than it needs`,
  })),
]

const rows = cases.flatMap(({ client, server, ...rest }) => [
  ...(client === undefined ? [] : [{ ...rest, role: 'server' as const, sent: client }]),
  ...(server === undefined ? [] : [{ ...rest, role: 'client' as const, sent: server }]),
])

describe.each(rows)(
  'a $role closes $code for $what: $sent',
  ({ role, sent, code, message, log = [] }) => {
    const events = [...log, `violation ${code} ${message}`, `end ${code}`]

    it('at once', () => {
      const machine = new Machine({ role })
      machine.receive(sent)
      expect(machine.log).toEqual(events)
      expect(machine.sentClose()).toBe(code)
      expect(machine.connection.record).toMatchObject({
        reason: { code, message },
        local: { code, message },
        remote: undefined,
        initiator: 'local',
        clean: false,
        cause: { message },
      })
      // What comes after is not looked at.
      expect(machine.receive('83 80 83 80')).toBe(4)
      expect(machine.log).toEqual(events)
      expect(machine.sent()).toEqual([])
    })

    it('octet by octet, and not before the octet that is wrong', () => {
      const machine = new Machine({ role })
      const octets = bytes(sent)
      for (let i = 0; i < octets.length; i++) machine.receive(octets.subarray(i, i + 1))
      expect(machine.log).toEqual(events)
      expect(machine.sentClose()).toBe(code)
    })
  },
)

describe('malformed text', () => {
  it('is noticed with the octet that is wrong, and not before', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('81 7e 03e8 61 f0')
    machine.receive('90')
    machine.receive('80')
    expect(machine.log).toEqual([])
    machine.receive('7f')
    expect(machine.log).toEqual([`violation 1007 ${NOT_UTF8}`, 'end 1007'])
  })

  it('is noticed behind a mask, in the middle of a frame', () => {
    const machine = new Machine()
    machine.receive('81 fe 03e8 37fa213d 56 98')
    expect(machine.log).toEqual([])
    machine.receive('de')
    expect(machine.log.at(-1)).toBe('end 1007')
  })

  it('is not looked for in bytes', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('82 02 ff c0  02 01 ff  80 01 80')
    expect(machine.log).toEqual(['binary ffc0', 'binary ff80'])
  })
})
