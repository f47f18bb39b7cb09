import { describe, expect, it } from 'vitest'
import { FrameParser } from '../../../src/protocol/frame/frame-parser.ts'
import { FrameType } from '../../../src/protocol/frame/frame-type.ts'
import { bytes } from '../../support/hex.ts'

/** Feeds a header; returns how many octets were taken. */
function parse(parser: FrameParser, header: string): number {
  const octets = bytes(header)
  return parser.frame(octets, 0, octets.length)
}

/** What is wrong with the last of several headers of empty frames. */
function violation(parser: FrameParser, ...headers: readonly string[]): string | undefined {
  for (const header of headers) {
    parse(parser, header)
    if (parser.bodyReady) parser.bodyComplete()
  }
  return parser.violation?.message
}

describe('FrameParser', () => {
  it('reads a simple frame, and leaves its payload', () => {
    const parser = new FrameParser()
    expect(parse(parser, '81 05 48656c6c6f')).toBe(2)
    expect(parser).toMatchObject({
      bodyReady: true,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode: 1,
      frameType: FrameType.TEXT,
      mask: false,
      maskKey: 0,
      length: 5,
      violation: undefined,
    })
  })

  it.each([
    ['81 7e 007e', 126],
    ['81 7e c123', 0xc123],
    ['81 7e ffff', 0xffff],
    ['81 7f 0000000000010000', 0x1_0000],
    ['81 7f 00000000ffffffff', 0xffff_ffff],
    ['81 7f 001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['81 7f 0123456789abcdef', Number(0x0123_4567_89ab_cdefn)],
    ['81 7f 7fffffffffffffff', 2 ** 63],
  ])('reads the length of %s, with no limit of its own', (header, length) => {
    const parser = new FrameParser()
    expect(parse(parser, header)).toBe(bytes(header).length)
    expect(parser.bodyReady).toBe(true)
    expect(parser.length).toBe(length)
  })

  it.each([
    ['81 85 37fa213d', 5, 0x3d21_fa37],
    ['81 fe 007e ffffffff', 126, -1],
    ['81 ff 0000000000010000 00000000', 0x1_0000, 0],
  ])('reads the masking key of %s', (header, length, maskKey) => {
    const parser = new FrameParser()
    parse(parser, header)
    expect(parser).toMatchObject({ bodyReady: true, mask: true, length, maskKey })
  })

  it('keeps the type of the message through its fragments', () => {
    const parser = new FrameParser()
    const seen = ['01 00', '00 00', '89 00', '80 00'].map((header) => {
      parse(parser, header)
      const { fin, opcode, frameType } = parser
      parser.bodyComplete()
      return [fin, opcode, frameType.name]
    })
    expect(seen).toEqual([
      [false, 1, 'TEXT'],
      [false, 0, 'TEXT'],
      [true, 9, 'PING'],
      [true, 0, 'TEXT'],
    ])
    expect(violation(parser, '82 00')).toBeUndefined()
  })

  it.each(['81 05', '81 fe 007e 37fa213d', '82 ff 0000000000010000 37fa213d', '89 80 37fa213d'])(
    'reads %s in any two pieces and octet by octet',
    (header) => {
      const octets = bytes(header)
      const whole = new FrameParser()
      whole.frame(octets, 0, octets.length)
      const fields = ({ fin, opcode, mask, length, maskKey, bodyReady }: FrameParser) => {
        return { fin, opcode, mask, length, maskKey, bodyReady }
      }
      for (let cut = 0; cut <= octets.length; cut++) {
        const parser = new FrameParser()
        expect(parser.frame(octets, 0, cut)).toBe(cut)
        expect(parser.bodyReady).toBe(cut === octets.length)
        expect(parser.frame(octets, cut, octets.length)).toBe(octets.length)
        expect(fields(parser)).toEqual(fields(whole))
      }
      const parser = new FrameParser()
      for (let i = 0; i < octets.length; i++) parser.frame(octets, i, i + 1)
      expect(fields(parser)).toEqual(fields(whole))
    },
  )

  it('reads one header after another from pieces that are cut within both', () => {
    const parser = new FrameParser()
    expect(parse(parser, '81')).toBe(1)
    expect(parse(parser, '00 82')).toBe(1)
    parser.bodyComplete()
    expect(parse(parser, '82')).toBe(1)
    expect(parse(parser, '03 010203')).toBe(1)
    expect(parser).toMatchObject({ opcode: 2, length: 3 })
  })

  it('takes nothing until the payload is done', () => {
    const parser = new FrameParser()
    parse(parser, '81 05')
    expect(parse(parser, '81 05')).toBe(0)
    parser.bodyComplete()
    expect(parse(parser, '81 05')).toBe(2)
  })

  it('has no frame type when it has no frame', () => {
    const parser = new FrameParser()
    const message = 'no header was read'
    expect(() => parser.frameType).toThrow(message)
    for (const header of ['01 00', '80 00']) {
      parse(parser, header)
      parser.bodyComplete()
    }
    expect(() => parser.frameType).toThrow(message)
  })

  it('throws when a payload is completed that never began', () => {
    const message = 'no header was read'
    expect(() => new FrameParser().bodyComplete()).toThrow(message)
    const parser = new FrameParser()
    parse(parser, '81 00')
    parser.bodyComplete()
    expect(() => parser.bodyComplete()).toThrow(message)
  })
})

describe("a peer's mistake", () => {
  it.each([
    ['83 00', 'reserved opcode 0x3'],
    ['84 00', 'reserved opcode 0x4'],
    ['85 00', 'reserved opcode 0x5'],
    ['86 00', 'reserved opcode 0x6'],
    ['87 00', 'reserved opcode 0x7'],
    ['8b 00', 'reserved opcode 0xb'],
    ['8c 00', 'reserved opcode 0xc'],
    ['8d 00', 'reserved opcode 0xd'],
    ['8e 00', 'reserved opcode 0xe'],
    ['8f 00', 'reserved opcode 0xf'],
    ['08 00', 'control frames cannot be fragmented'],
    ['09 00', 'control frames cannot be fragmented'],
    ['0a 00', 'control frames cannot be fragmented'],
    ['88 7e', 'control frames cannot carry more than 125 bytes'],
    ['89 7e', 'control frames cannot carry more than 125 bytes'],
    ['8a 7f', 'control frames cannot carry more than 125 bytes'],
    ['80 00', 'continuation without a message'],
    ['00 00', 'continuation without a message'],
    ['82 7e 0006', 'length 6 in more octets than it needs'],
    ['82 7e 007d', 'length 125 in more octets than it needs'],
    ['82 7f 000000000000ffff', 'length 65535 in more octets than it needs'],
    ['82 7f 0000000000000000', 'length 0 in more octets than it needs'],
    ['82 7f 8000000000000003', 'the first bit of a 64-bit length must be 0'],
    ['82 7f 8000000000000000', 'the first bit of a 64-bit length must be 0'],
    ['82 7f ffffffffffffffff', 'the first bit of a 64-bit length must be 0'],
  ])('is %s: %s', (header, message) => {
    expect(violation(new FrameParser(), header)).toBe(message)
    const bytewise = new FrameParser()
    const octets = bytes(header)
    for (let i = 0; i < octets.length; i++) bytewise.frame(octets, i, i + 1)
    expect(bytewise.violation).toEqual({ code: 1002, message })
  })

  it('is a message within another', () => {
    const message = 'a message within another message'
    expect(violation(new FrameParser(), '01 00', '81 00')).toBe(message)
    expect(violation(new FrameParser(), '01 00', '02 00')).toBe(message)
    expect(violation(new FrameParser(), '01 00', '89 00', '82 00')).toBe(message)
  })

  it('is a continuation after the last fragment', () => {
    expect(violation(new FrameParser(), '01 00', '80 00', '80 00')).toBe(
      'continuation without a message',
    )
  })

  it('is a fragmented control frame that is too big besides', () => {
    expect(violation(new FrameParser(), '09 7e')).toBe('control frames cannot be fragmented')
  })

  it('is the wrong masking, for whoever knows the role (RFC 6455, section 5.1)', () => {
    expect(violation(new FrameParser({ masked: true }), '81 00')).toBe(
      'frames from a client must be masked',
    )
    expect(violation(new FrameParser({ masked: false }), '81 80 00000000')).toBe(
      'frames from a server must not be masked',
    )
    expect(violation(new FrameParser({ masked: true }), '81 80 00000000')).toBeUndefined()
    expect(violation(new FrameParser({ masked: false }), '81 00')).toBeUndefined()
  })

  it.each([
    ['c1 00', 'RSV1'],
    ['a1 00', 'RSV2'],
    ['91 00', 'RSV3'],
    ['f2 00', 'RSV1, RSV2, RSV3'],
    ['c9 00', 'RSV1'],
  ])('is a reserved bit without a meaning: %s', (header, names) => {
    expect(violation(new FrameParser(), header)).toBe(
      `reserved bits ${names} that no extension gives a meaning`,
    )
  })

  it('stops the parser for good', () => {
    const parser = new FrameParser()
    parse(parser, '83 00')
    expect(parse(parser, '81 00')).toBe(0)
    expect(parser.bodyReady).toBe(false)
    expect(parser.violation?.message).toBe('reserved opcode 0x3')
  })
})

describe('reserved bits with a meaning', () => {
  it('may stand on the first frame of a message', () => {
    const parser = new FrameParser({ reserved: 0x60 })
    parse(parser, '61 00')
    expect(parser).toMatchObject({ rsv1: true, rsv2: true, rsv3: false, reserved: 0x60 })
    const other = new FrameParser({ reserved: 0x10 })
    parse(other, '92 00')
    expect(other).toMatchObject({ rsv1: false, rsv2: false, rsv3: true, reserved: 0x10 })
  })

  it.each([
    ['on a continuation', ['41 00', 'c0 00'], 'RSV1'],
    ['on a control frame', ['c9 00'], 'RSV1'],
    ['together with another', ['e1 00'], 'RSV1, RSV2'],
  ])('may not stand %s', (_, headers, names) => {
    expect(violation(new FrameParser({ reserved: 0x40 }), ...headers)).toBe(
      `reserved bits ${names} that no extension gives a meaning`,
    )
  })
})
