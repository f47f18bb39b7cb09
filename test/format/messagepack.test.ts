import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatFailure } from '../../src/format/format-failure.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import { failureOf } from '../lens/thrown.ts'
import { character } from '../support/text.ts'
import { hex, unhex, withoutNegativeZero } from './bytes.ts'

describe('messagepack', () => {
  test.each([
    [null, 'c0'],
    [true, 'c3'],
    [7, '07'],
    [127, '7f'],
    [-1, 'ff'],
    [-32, 'e0'],
    [300, 'cd 01 2c'],
    [-2_147_483_648, 'd2 80 00 00 00'],
    [2 ** 40, 'cf 00 00 01 00 00 00 00 00'],
    [-(2 ** 40), 'd3 ff ff ff 00 00 00 00 00'],
    [1.5, 'cb 3f f8 00 00 00 00 00 00'],
    ['é', 'a2 c3 a9'],
    ['\ufeffa', 'a4 ef bb bf 61'],
    [[1, [2]], '92 01 91 02'],
    [{ a: 1 }, '81 a1 61 01'],
    [Uint8Array.of(1, 2), 'c4 02 01 02'],
    [new Date(1000), 'd6 ff 00 00 00 01'],
  ])('%j is %s', (value, bytes) => {
    expect(hex(messagepack.encode(value))).toBe(bytes)
    expect(messagepack.decode(unhex(bytes))).toEqual(value)
  })

  test('reads floats of 32 bits', () => {
    expect(messagepack.decode(unhex('ca 3f c0 00 00'))).toBe(1.5)
  })

  test('leaves out a property that is undefined, as JSON does', () => {
    expect(hex(messagepack.encode({ a: undefined, b: 1 }))).toBe('81 a1 62 01')
  })

  test.each([
    ['nothing', ''],
    ['a second value', '01 01'],
    ['the type that is never used', 'c1'],
    ['a string cut short', 'a2 61'],
    ['a long string cut short', 'd9 05 61'],
    ['a length cut short', 'da 00'],
    ['bytes cut short', 'c4 03 00'],
    ['an array cut short', '93 01 02'],
    ['a map without its last value', '81 a1 61'],
    ['a map key that is an array', '81 90 01'],
    ['a float cut short', 'cb 00 00 00 00'],
    ['an extension cut short', 'd6 ff 00 00'],
    ['an integer cut short', 'cf 00 00'],
    ['an integer past 2^53 - 1', 'cf 00 20 00 00 00 00 00 01'],
    ['an integer below -2^53', 'd3 ff df ff ff ff ff ff ff'],
    ['text that is not UTF-8', 'a1 ff'],
    ['the second byte of a character alone', 'a1 80'],
    ['a timestamp past what a date can hold', 'c7 0c ff 00 00 00 00 7f ff ff ff ff ff ff ff'],
    ['a timestamp with a second in its nanoseconds', 'd7 ff ee 6b 28 00 00 00 00 00'],
    ['a timestamp of five bytes', 'c7 05 ff 00 00 00 00 00'],
    ['a key that would set a prototype', '81 a9 5f 5f 70 72 6f 74 6f 5f 5f c0'],
  ])('refuses %s', (_, bytes) => {
    const failure = failureOf(FormatFailure, () => messagepack.decode(unhex(bytes)))
    expect(failure.reason).toBe('the content is not exactly one value of MessagePack')
    expect(failure.cause).toBeInstanceOf(Error)
  })

  test('refuses announced lengths that are not there before it makes room for them', () => {
    // Eight nested arrays of 33,554,431 elements each: 256 MiB apiece, were they believed.
    const bomb = unhex('dd 01 ff ff ff '.repeat(8))
    const before = process.memoryUsage().rss
    const failure = failureOf(FormatFailure, () => messagepack.decode(bomb))
    expect(failure.cause).toBeInstanceOf(RangeError)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  test.each([31, 32, 255, 256, 65_535, 65_536])(
    'takes content of length %i of every kind',
    (size) => {
      const decoded = (value: unknown): unknown => messagepack.decode(messagepack.encode(value))
      const array = Array.from({ length: size }, (_, index) => index)
      const map = Object.fromEntries(array.map((index) => [`k${index}`, index]))
      expect(decoded('x'.repeat(size))).toBe('x'.repeat(size))
      expect(hex(decoded(new Uint8Array(size).fill(7)) as Uint8Array)).toBe(
        hex('\x07'.repeat(size)),
      )
      expect(JSON.stringify(decoded(array))).toBe(JSON.stringify(array))
      expect(JSON.stringify(decoded(map))).toBe(JSON.stringify(map))
    },
  )

  test('keeps extensions it does not know as they are', () => {
    expect(messagepack.decode(unhex('c7 01 05 2a'))).toMatchObject({ type: 5, data: unhex('2a') })
    expect(messagepack.decode(unhex(`d8 05 ${'2a '.repeat(16)}`))).toMatchObject({ type: 5 })
  })

  test('takes the bytes of text', () => {
    expect(messagepack.decode('\u0007')).toBe(7)
  })

  test('refuses values that MessagePack does not have', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    for (const value of [
      undefined,
      1n,
      () => 1,
      Symbol('s'),
      circle,
      new Date(Number.NaN),
      ['\ud800'],
    ]) {
      expect(failureOf(FormatFailure, () => messagepack.encode(value)).format).toBe('messagepack')
    }
  })

  test.each([
    ['a key that the decoder refuses', JSON.parse('{"a":[{"__proto__":1}]}'), '__proto__'],
    ['a Map', { scores: new Map([['ann', 1]]) }, 'Map'],
    ['a Set', [new Set([1])], 'Set'],
    ['an ArrayBuffer', new ArrayBuffer(4), 'ArrayBuffer'],
  ])('refuses %s, where it would be lost', (_, value: unknown, why) => {
    const { reason, cause } = failureOf(FormatFailure, () => messagepack.encode(value))
    expect(reason).toBe('the value cannot be written as MessagePack')
    expect(String(cause)).toContain(why)
  })

  test('takes what is 100 deep, and refuses what is deeper, both ways', () => {
    const arrays = (count: number): unknown => JSON.parse('['.repeat(count) + ']'.repeat(count))
    const bytes = unhex(`${'91 '.repeat(99)}90`)
    expect(hex(messagepack.encode(arrays(100)))).toBe(hex(bytes))
    expect(messagepack.decode(bytes)).toEqual(arrays(100))
    failureOf(FormatFailure, () => messagepack.encode(arrays(101)))
    for (const inside of ['90', '01', '91 '.repeat(100_000)]) {
      const failure = failureOf(FormatFailure, () =>
        messagepack.decode(unhex(`${'91 '.repeat(100)}${inside}`)),
      )
      expect(String(failure.cause)).toBe('RangeError: a value is more than 100 deep')
    }
    failureOf(FormatFailure, () => messagepack.decode(unhex(`${'81 a1 61 '.repeat(100)}01`)))
  })

  test('what is encoded is decoded, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: character }), (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__":'))
        expect(messagepack.decode(messagepack.encode(value))).toEqual(withoutNegativeZero(value))
      }),
    )
  })

  test('no bytes make it throw anything but a FormatFailure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          messagepack.decode(bytes)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FormatFailure)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
