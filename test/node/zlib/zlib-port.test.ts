import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNodeZlib, nodeZlib } from '../../../src/node/zlib/zlib-port.ts'
import type { Deflater, Inflater } from '../../../src/protocol/bytes/zlib-port.ts'
import type { ExtensionFailure } from '../../../src/protocol/extension/extension.ts'
import { bytes, hex } from '../../support/hex.ts'
import { readDeflate } from '../../support/read-deflate.ts'
import { messages, randomFrom, sampleBytes } from '../../support/zlib-samples.ts'

const TAIL = bytes('00 00 ff ff')
const HELLO = bytes('f2 48 cd c9 c9 07 00')
const MIB = 1024 * 1024

/** Does not shrink. */
const NOISE = new Uint8Array(400_000)
const nextNoise = randomFrom(1)
for (let i = 0; i < NOISE.length; i++) NOISE[i] = nextNoise(256)

describe.each([
  ['the native handles', createNodeZlib({ fast: true })],
  ['the public functions', createNodeZlib({ fast: false })],
])('zlib by %s', (_, zlib) => {
  function deflater(contextTakeover: boolean, windowBits = 15, level = -1, memLevel = 8): Deflater {
    return zlib.deflater({ windowBits, level, memLevel, contextTakeover })
  }

  function inflater(contextTakeover: boolean, windowBits = 15): Inflater {
    return zlib.inflater({ windowBits, contextTakeover })
  }

  function inflated(payload: string, contextTakeover = false): string {
    return text(inflater(contextTakeover).inflate(bytes(payload), 1000))
  }

  describe.each([
    ['with', true],
    ['without', false],
  ])('%s context takeover', (_with, contextTakeover) => {
    test('takes the tail off what it deflates', () => {
      expect(hex(deflater(contextTakeover).deflate(utf8('Hello')))).toBe(hex(HELLO))
    })

    test('inflates what it deflated', () => {
      fc.assert(
        fc.property(messages, (list) => {
          const compressor = deflater(contextTakeover)
          const decompressor = inflater(contextTakeover)
          for (const message of list) {
            const back = decompressor.inflate(compressor.deflate(message), message.length)
            expect(Buffer.compare(back, message)).toBe(0)
          }
          compressor.close()
          decompressor.close()
        }),
        { numRuns: 50 },
      )
    })

    test('gives buffers of exactly the size of the message', () => {
      const deflated = deflater(contextTakeover).deflate(sampleBytes(500, 1))
      const back = inflater(contextTakeover).inflate(deflated, 500)
      for (const given of [deflated, back]) {
        expect(given.constructor).toBe(Uint8Array)
        expect(given.byteOffset).toBe(0)
        expect(given.buffer.byteLength).toBe(given.length)
      }
    })

    test.each([1, 500, 65_535, 65_536, 65_537, 200_000])(
      'may be lent memory for %i bytes',
      (length) => {
        const compressor = deflater(contextTakeover)
        const decompressor = inflater(contextTakeover)
        for (const message of [NOISE.subarray(0, length), sampleBytes(length, 3)]) {
          const [packed, unpacked] = [new Uint8Array(65_536), new Uint8Array(65_536)]
          const deflated = compressor.deflate(message, packed)
          const back = decompressor.inflate(deflated, length, unpacked)
          // What others do meanwhile is done elsewhere.
          const other = deflater(contextTakeover).deflate(sampleBytes(70_000, 4))
          inflater(contextTakeover).inflate(other, 70_000)
          expect(Buffer.compare(back, message)).toBe(0)
          for (const [given, lent] of [
            [deflated, packed],
            [back, unpacked],
          ] as const) {
            if (given.buffer === lent.buffer) expect(given.byteOffset).toBe(0)
            else expect(given.buffer.byteLength).toBe(given.length)
            if (given.length > lent.length) expect(given.buffer).not.toBe(lent.buffer)
          }
        }
      },
    )

    test('keeps to the limit in memory that is lent, whatever is in there', () => {
      const deflated = deflater(contextTakeover).deflate(sampleBytes(1000, 1))
      const lent = new Uint8Array(65_536).fill(0x61)
      const decompressor = inflater(contextTakeover)
      expect(failure(() => decompressor.inflate(deflated, 999, lent))?.code).toBe(1009)
      const again = inflater(contextTakeover).inflate(deflated, 1000, lent.fill(0x62))
      expect(Buffer.compare(again, sampleBytes(1000, 1))).toBe(0)
    })

    test('leaves alone what it is given, and reads it where it is', () => {
      const whole = bytes('ff 48 65 6c 6c 6f ff')
      const deflated = deflater(contextTakeover).deflate(whole.subarray(1, 6))
      expect(hex(whole)).toBe(hex('ff 48 65 6c 6c 6f ff'))
      const padded = Uint8Array.of(0xff, ...deflated, 0xff)
      const back = inflater(contextTakeover).inflate(padded.subarray(1, -1), 5)
      expect(text(back)).toBe('Hello')
      expect(padded).toEqual(Uint8Array.of(0xff, ...deflated, 0xff))
    })

    test.each([65_535, 65_536, 65_537, 131_072, 400_000])('does %i bytes of noise', (length) => {
      const message = NOISE.subarray(0, length)
      const compressor = deflater(contextTakeover)
      const decompressor = inflater(contextTakeover)
      for (let i = 0; i < 2; i++) {
        const deflated = compressor.deflate(message)
        expect(deflated.length).toBeGreaterThan(length)
        expect(Buffer.compare(decompressor.inflate(deflated, length), message)).toBe(0)
      }
    })

    test.each([65_535, 65_536, 65_537, 131_072, 1_000_000])('does %i equal bytes', (length) => {
      const message = new Uint8Array(length)
      const deflated = deflater(contextTakeover).deflate(message)
      expect(deflated.length).toBeLessThan(length / 800)
      const decompressor = inflater(contextTakeover)
      expect(Buffer.compare(decompressor.inflate(deflated, length), message)).toBe(0)
      expect(failure(() => inflater(contextTakeover).inflate(deflated, length - 1))?.code).toBe(
        1009,
      )
    })

    test.each([8, 9, 10, 11, 12, 13, 14, 15])('stays within a window of %i bits', (windowBits) => {
      const stream: Uint8Array[] = []
      const compressor = deflater(contextTakeover, windowBits)
      const decompressor = inflater(contextTakeover, windowBits)
      const sent: Uint8Array[] = []
      for (let seed = 1; seed <= 4; seed++) {
        const message = sampleBytes(20_000, seed)
        const deflated = compressor.deflate(message)
        expect(Buffer.compare(decompressor.inflate(deflated, message.length), message)).toBe(0)
        stream.push(deflated, TAIL)
        sent.push(message)
      }
      const { bytes: read, furthest } = readDeflate(Buffer.concat(stream))
      expect(Buffer.compare(read, Buffer.concat(sent))).toBe(0)
      expect(furthest).toBeLessThanOrEqual(2 ** windowBits)
      // It does make use of it, too.
      if (windowBits < 15) expect(furthest).toBeGreaterThan(0.45 * 2 ** windowBits)
    })

    test.each([
      [1, 1],
      [9, 9],
      [-1, 1],
      [1, 9],
      [6, 5],
    ])('does level %i in memory %i', (level, memLevel) => {
      const message = sampleBytes(50_000, level + memLevel)
      const deflated = deflater(contextTakeover, 15, level, memLevel).deflate(message)
      expect(Buffer.compare(inflater(contextTakeover).inflate(deflated, 50_000), message)).toBe(0)
    })

    test('deflates smaller with a higher level', () => {
      const message = sampleBytes(50_000, 7)
      const fast = deflater(contextTakeover, 15, 1).deflate(message)
      const small = deflater(contextTakeover, 15, 9).deflate(message)
      expect(small.length).toBeLessThan(fast.length)
    })

    test.each([
      ['an invalid block', 'ff'],
      ['an invalid block after a good one', 'f2 48 cd c9 c9 07 00 00 00 ff ff ff'],
      ['lengths of a stored block that differ', '00 05 00 fa fe 48 65 6c 6c 6f 00'],
      ['a reference to before the start', 'f2 00 11 00 00'],
      ['the header of a zlib stream', '78 9c f2 48 cd c9 c9 07 00'],
      ['the header of a zlib stream with a preset dictionary', '78 bb 07 5c 02 6c 03 00'],
      ['the header of a gzip stream', '1f 8b 08 00 00 00 00 00 00 03 f3 48 cd c9 c9 07 00'],
      ['the tail left on', 'f2 48 cd c9 c9 07 00 00 00 ff ff'],
      ['an end within a code', 'f2 48 cd c9'],
      ['an end within a stored block', '00 05 00 fa ff 48 65'],
      ['an end within the header of a dynamic block', '05 c0 81'],
      [
        'an end within a code that the tail completes',
        '1c 8d 3d 0e 01 01 14 84 51 a8 c5 21 14 f4 1b 57 d0 28 29 37 f3 93 a8 b7 d0 28 d5 12 15 dd ba 03 97 70 03 c4 05 74 9b d5 2b 64 36 6f f2 de 24 2f 33 1f 6d 03 a4 33 92 61 51',
      ],
      ['an end within a final block', 'f3 48 cd c9 c9 07'],
      ['an invalid block after a final one', 'f3 48 cd c9 c9 07 00 ff'],
    ])('fails with 1007 for %s', (_what, payload) => {
      const decompressor = inflater(contextTakeover)
      const failed = failure(() => decompressor.inflate(bytes(payload), 1000))
      expect(failed?.code).toBe(1007)
      expect(failed?.message).toMatch(/^compressed data that is corrupt: ./)
    })

    test('fails with 1007 for a message that is cut anywhere', () => {
      const deflated = deflater(contextTakeover).deflate(sampleBytes(700, 3))
      for (let end = 1; end < deflated.length; end++) {
        const failed = failure(() =>
          inflater(contextTakeover).inflate(deflated.subarray(0, end), MIB),
        )
        expect(failed?.code, `cut at ${end}`).toBe(1007)
      }
    })

    test('throws nothing but failures, whatever it is given', () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(100), (payload, maxLength) => {
          const decompressor = inflater(contextTakeover)
          failure(() => {
            const { length } = decompressor.inflate(payload, maxLength)
            expect(length).toBeLessThanOrEqual(maxLength)
          })
          decompressor.close()
        }),
        { numRuns: 500 },
      )
    })

    test.each([
      ['and the octet that ends it', 'f3 48 cd c9 c9 07 00 00', 'Hello'],
      ['and nothing else', 'f3 48 cd c9 c9 07 00', 'Hello'],
      ['and a block', 'f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00', 'HelloHello'],
      ['and a final block', 'f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00', 'HelloHello'],
      ['that is empty', '03 00 00', ''],
      ['that is stored', '01 05 00 fa ff 48 65 6c 6c 6f 00', 'Hello'],
    ])('inflates a final block %s', (_what, payload, expected) => {
      const decompressor = inflater(contextTakeover)
      for (let i = 0; i < 3; i++) {
        expect(text(decompressor.inflate(bytes(payload), 10))).toBe(expected)
        expect(text(decompressor.inflate(HELLO, 5))).toBe('Hello')
      }
    })

    test('forgets its window with a final block', () => {
      const decompressor = inflater(contextTakeover)
      decompressor.inflate(bytes('f3 48 cd c9 c9 07 00 00'), 5)
      expect(failure(() => decompressor.inflate(bytes('f2 00 11 00 00'), 5))?.code).toBe(1007)
    })

    test('fails with 1008 for final blocks that never end', () => {
      const payload = new Uint8Array(2 * 1025)
      for (let i = 0; i < payload.length; i += 2) payload[i] = 0x03
      expect(inflater(contextTakeover).inflate(payload, 0)).toEqual(new Uint8Array())
      const tooMany = Uint8Array.of(...payload, 0)
      expect(failure(() => inflater(contextTakeover).inflate(tooMany, 0))?.code).toBe(1008)
    })
  })

  test.each([0, 4, 5, 6])('lets "Hello" pass when %i bytes are allowed, or not', (maxLength) => {
    const failed = failure(() => inflater(false).inflate(HELLO, maxLength))
    expect(failed?.code).toBe(maxLength < 5 ? 1009 : undefined)
    if (failed) expect(failed.message).toContain(`more than ${maxLength} bytes`)
  })

  test.each([0, 1])('lets one byte pass when %i are allowed, or not', (maxLength) => {
    const failed = failure(() => inflater(false).inflate(bytes('4a 04 00'), maxLength))
    expect(failed?.code).toBe(maxLength < 1 ? 1009 : undefined)
  })

  test('adds up what stands between final blocks', () => {
    const payload = bytes('f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00')
    expect(failure(() => inflater(false).inflate(payload, 9))?.code).toBe(1009)
    expect(text(inflater(false).inflate(payload, 10))).toBe('HelloHello')
  })

  test('takes a limit that no message reaches', () => {
    expect(text(inflater(false).inflate(HELLO, Number.MAX_SAFE_INTEGER))).toBe('Hello')
    expect(text(inflater(false).inflate(HELLO, Number.POSITIVE_INFINITY))).toBe('Hello')
  })

  test('spends little memory on a bomb', () => {
    const unit = Buffer.concat([deflater(false).deflate(new Uint8Array(MIB)), TAIL])
    const bomb = Buffer.concat(Array.from({ length: 256 }, () => unit))
    expect(bomb.length).toBeLessThan(MIB)
    const before = process.resourceUsage().maxRSS
    for (const contextTakeover of [true, false]) {
      const failed = failure(() => inflater(contextTakeover).inflate(bomb, 10 * 1024))
      expect(failed?.code).toBe(1009)
    }
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(32 * 1024)
  })

  test('keeps the window from message to message', () => {
    const message = sampleBytes(1000, 5)
    const compressor = deflater(true)
    const decompressor = inflater(true)
    const [first, second] = [compressor.deflate(message), compressor.deflate(message)]
    expect(second.length).toBeLessThan(first.length / 10)
    expect(Buffer.compare(decompressor.inflate(first, 1000), message)).toBe(0)
    expect(Buffer.compare(decompressor.inflate(second, 1000), message)).toBe(0)
    expect(failure(() => inflater(true).inflate(second, 1000))?.code).toBe(1007)
  })

  test('lets the peer refer as far back as its window goes, and no further', () => {
    const stored = Uint8Array.of(0x00, 0x00, 0x01, 0xff, 0xfe, ...sampleBytes(256, 9), 0x00)
    // Three bytes from 256, and from 257, bytes back.
    for (const [payload, code] of [
      ['02 fa 1f 00', undefined],
      ['02 06 00 00', 1007],
    ] as const) {
      const decompressor = inflater(true, 8)
      decompressor.inflate(Uint8Array.of(0x00, 0x01, 0x00, 0xfe, 0xff, 0x61, 0x00), 1)
      expect(decompressor.inflate(stored, 256)).toEqual(sampleBytes(256, 9))
      const failed = failure(() => {
        const copied = decompressor.inflate(bytes(payload), 3)
        expect(copied).toEqual(sampleBytes(256, 9).subarray(0, 3))
      })
      expect(failed?.code).toBe(code)
    }
  })

  test('keeps the window of each connection apart', () => {
    const ends = [1, 2, 3].map((seed) => ({
      compressor: deflater(true),
      decompressor: inflater(true),
      message: sampleBytes(1000, seed),
    }))
    for (let i = 0; i < 5; i++) {
      for (const { compressor, decompressor, message } of ends) {
        const deflated = compressor.deflate(message)
        expect(Buffer.compare(decompressor.inflate(deflated, 1000), message)).toBe(0)
      }
    }
  })

  test('does three hundred messages with one window', () => {
    const random = randomFrom(11)
    const compressor = deflater(true)
    const decompressor = inflater(true)
    for (let i = 0; i < 300; i++) {
      const message = sampleBytes(1 + random(i < 270 ? 600 : 9000), i)
      const back = decompressor.inflate(compressor.deflate(message), message.length)
      expect(Buffer.compare(back, message)).toBe(0)
    }
  })

  test('shows no message what the one before it left', () => {
    inflater(false).inflate(HELLO, 5)
    // As the second "Hello" of RFC 7692, section 7.2.3.2, refers to the first.
    expect(() => inflated('f2 00 11 00 00')).toThrow('invalid distance too far back')
    expect(hex(deflater(false).deflate(utf8('Hello')))).toBe(hex(HELLO))
    expect(hex(deflater(false).deflate(utf8('Hello')))).toBe(hex(HELLO))
  })

  test('refuses what refers to the message before when the peer keeps no window', () => {
    const decompressor = inflater(false)
    expect(text(decompressor.inflate(HELLO, 5))).toBe('Hello')
    expect(failure(() => decompressor.inflate(bytes('f2 00 11 00 00'), 5))?.code).toBe(1007)
  })

  test.each(['ff', 'f2 48', '03 00 ff'])('is as before after the failure of %j', (payload) => {
    expect(() => inflated(payload)).toThrow('corrupt')
    expect(inflated(hex(HELLO))).toBe('Hello')
    expect(failure(() => inflater(false).inflate(HELLO, 3))?.code).toBe(1009)
    expect(inflated(hex(HELLO))).toBe('Hello')
  })

  test('lets one connection close without hurting another', () => {
    for (const contextTakeover of [true, false]) {
      const [one, other] = [deflater(contextTakeover), deflater(contextTakeover)]
      const [in1, in2] = [inflater(contextTakeover), inflater(contextTakeover)]
      one.close()
      in1.close()
      expect(text(in2.inflate(other.deflate(utf8('Hello')), 5))).toBe('Hello')
    }
  })
})

describe('the native handles and the public functions', () => {
  const fast = createNodeZlib({ fast: true })
  const open = createNodeZlib({ fast: false })

  test.each([true, false])('read each other, with context takeover %s', (contextTakeover) => {
    for (const windowBits of [8, 9, 12, 15]) {
      const options = { windowBits, level: -1, memLevel: 8, contextTakeover }
      const pairs = [
        [fast.deflater(options), open.inflater(options)],
        [open.deflater(options), fast.inflater(options)],
      ] as const
      const random = randomFrom(windowBits)
      for (let i = 0; i < 40; i++) {
        const message = sampleBytes(1 + random(1200), i)
        for (const [compressor, decompressor] of pairs) {
          const back = decompressor.inflate(compressor.deflate(message), message.length)
          expect(Buffer.compare(back, message)).toBe(0)
        }
      }
    }
  })

  test('say the same of any input, but for what only the handles notice', () => {
    const damaged = fc
      .record({ seed: fc.nat(), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) })
      .map(({ seed, at, by }) => {
        const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: false }
        const deflated = fast.deflater(options).deflate(sampleBytes(200, seed))
        deflated[at % deflated.length]! ^= by
        return deflated
      })
    fc.assert(
      fc.property(
        fc.oneof(damaged, fc.uint8Array({ minLength: 1, maxLength: 40 })),
        fc.constantFrom(10, MIB),
        (payload, maxLength) => {
          const [handles, functions] = [fast, open].map((zlib) => {
            const decompressor = zlib.inflater({ windowBits: 15, contextTakeover: false })
            let output: string | undefined
            failure(() => {
              output = hex(decompressor.inflate(payload, maxLength))
            })
            return output
          })
          if (handles !== undefined) expect(functions).toBe(handles)
        },
      ),
      { numRuns: 600 },
    )
  })

  test('differ in whether they use what is lent', () => {
    const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: false }
    const [packed, unpacked] = [new Uint8Array(65_536), new Uint8Array(65_536)]
    for (const [zlib, uses] of [
      [fast, true],
      [open, false],
    ] as const) {
      const deflated = zlib.deflater(options).deflate(utf8('Hello'), packed)
      const back = zlib.inflater(options).inflate(deflated, 5, unpacked)
      expect([deflated.buffer === packed.buffer, back.buffer === unpacked.buffer]).toEqual([
        uses,
        uses,
      ])
    }
  })

  test('are chosen between by an option, the handles by default', () => {
    const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: false }
    const kind = (zlib: typeof nodeZlib) => zlib.deflater(options).constructor
    expect(kind(nodeZlib)).toBe(kind(fast))
    expect(kind(nodeZlib)).not.toBe(kind(open))
  })
})

test('a handle that was closed throws', () => {
  const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: true }
  const compressor = createNodeZlib({ fast: true }).deflater(options)
  compressor.deflate(HELLO)
  compressor.close()
  expect(() => compressor.deflate(HELLO)).toThrow('this zlib stream is closed')
})

function utf8(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value)
}

/** What was thrown, if anything was; it must be an `ExtensionFailure`. */
function failure(run: () => void): ExtensionFailure | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ name: 'ExtensionFailure' })
    return error as ExtensionFailure
  }
}
