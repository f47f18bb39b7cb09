import { describe, expect, test } from 'vitest'
import { FormatFailure } from '../../src/format/format-failure.ts'
import { json } from '../../src/format/json.ts'
import { failureOf } from '../lens/thrown.ts'

describe('json', () => {
  test('encodes text and decodes text or its UTF-8 bytes', () => {
    expect(json.encode({ a: [1, null, 'é'] })).toBe('{"a":[1,null,"é"]}')
    expect(json.decode('{"a":[1,null,"é"]}')).toEqual({ a: [1, null, 'é'] })
    expect(json.decode(Uint8Array.of(0x22, 0xc3, 0xa9, 0x22))).toBe('é')
  })

  test('refuses values that JSON.stringify would drop', () => {
    for (const [value, name] of [
      [undefined, 'undefined'],
      [() => 1, 'function'],
      [Symbol('s'), 'symbol'],
    ] as const) {
      expect(() => json.encode(value)).toThrow(new FormatFailure('json', `JSON has no ${name}`))
    }
  })

  test('refuses values that JSON.stringify throws for, with its error as cause', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    for (const value of [circle, 1n]) {
      const failure = failureOf(FormatFailure, () => json.encode(value))
      expect(failure).toMatchObject({
        name: 'FormatFailure',
        code: 'ERR_FORMAT',
        format: 'json',
        reason: 'the value cannot be written as JSON',
      })
      expect(failure.cause).toBeInstanceOf(TypeError)
    }
  })

  test.each(['', '{', '1 2', '{"a":1}x', '\ufeff1', 'undefined', "'a'"])(
    'refuses %j, and does not quote it',
    (text) => {
      const failure = failureOf(FormatFailure, () => json.decode(text))
      expect(failure.message).toBe('json: the content is not JSON')
      expect(failure.cause).toBeInstanceOf(SyntaxError)
    },
  )

  test('refuses bytes that are not UTF-8', () => {
    const failure = failureOf(FormatFailure, () => json.decode(Uint8Array.of(0x22, 0xff, 0x22)))
    expect(failure.reason).toBe('the content is not UTF-8')
  })
})
