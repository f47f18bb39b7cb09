import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cbor } from '../../src/format/cbor.ts'
import { FormatFailure } from '../../src/format/format-failure.ts'
import { failureOf } from '../lens/thrown.ts'
import { character } from '../support/text.ts'
import { hex, unhex, withoutNegativeZero } from './bytes.ts'

describe('cbor', () => {
  test.each([
    [null, 'f6'],
    [undefined, 'f7'],
    [true, 'f5'],
    [7, '07'],
    [-1, '20'],
    [2 ** 40, '1b 00 00 01 00 00 00 00 00'],
    [2n ** 60n, '1b 10 00 00 00 00 00 00 00'],
    [1.5, 'f9 3e 00'],
    ['é', '62 c3 a9'],
    ['\ufeffa', '64 ef bb bf 61'],
    ['\ufffd', '63 ef bf bd'],
    [[1, [2]], '82 01 81 02'],
    [{ a: 1 }, 'a1 61 61 01'],
    [Uint8Array.of(1, 2), '42 01 02'],
  ])('%s is %s', (value, bytes) => {
    expect(hex(cbor.encode(value))).toBe(bytes)
    expect(cbor.decode(unhex(bytes))).toEqual(value)
  })

  test.each([
    ['nothing', ''],
    ['a second value', '01 01'],
    ['a break alone', 'ff'],
    ['an array cut short', '83 01 02'],
    ['an open array', '9f 01'],
    ['an array that announces billions', '9a ff ff ff ff 01'],
    ['a map without its last value', 'a1 61 61'],
    ['a key that is not text', 'a1 01 01'],
    ['a key twice', 'a2 61 61 01 61 61 02'],
    ['a tag', 'c1 00'],
    ['text that is not UTF-8', '61 ff'],
    ['half a character', '63 f0 9f 98'],
    ['bytes cut short', '43 00'],
    ['arrays without end', '81'.repeat(100_000)],
  ])('refuses %s', (_, bytes) => {
    const failure = failureOf(FormatFailure, () => cbor.decode(unhex(bytes)))
    expect(failure.reason).toBe('the content is not exactly one value of CBOR')
    expect(failure.cause).toBeInstanceOf(Error)
  })

  test.each([
    [[1, [2]], '9f 01 9f 02 ff ff'],
    [{ a: 1 }, 'bf 61 61 01 ff'],
  ])('reads %j with lengths that are left open', (value, bytes) => {
    expect(cbor.decode(unhex(bytes))).toEqual(value)
  })

  test('writes a Map with text keys as an object', () => {
    expect(hex(cbor.encode(new Map([['a', 1]])))).toBe('a1 61 61 01')
  })

  test('a key named __proto__ is a key', () => {
    const value: unknown = cbor.decode(unhex('a1 69 5f 5f 70 72 6f 74 6f 5f 5f a0'))
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value as object)).toEqual(['__proto__'])
  })

  test('takes the bytes of text', () => {
    expect(cbor.decode('\u0007')).toBe(7)
  })

  test('refuses values that it cannot write', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    const unreadable = ['\ud800', { '\ud800': 1 }, new Map([[1, 2]])]
    for (const value of [() => 1, Symbol('s'), circle, new Date(0), 2n ** 64n, ...unreadable]) {
      expect(failureOf(FormatFailure, () => cbor.encode(value)).format).toBe('cbor')
    }
  })

  test('what is encoded is decoded, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: character }), (value) => {
        expect(cbor.decode(cbor.encode(value))).toEqual(withoutNegativeZero(value))
      }),
    )
  })

  test('no bytes make it throw anything but a FormatFailure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          cbor.decode(bytes)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FormatFailure)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
