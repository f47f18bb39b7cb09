import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeUtf8,
  encodeUtf8,
  truncateUtf8,
  utf8Length,
} from '../../../src/protocol/bytes/utf8.ts'
import { anyString } from '../../support/header-arbitraries.ts'
import { bytes, hex } from '../../support/hex.ts'
import { anyText } from '../../support/text.ts'

describe('encodeUtf8 and decodeUtf8', () => {
  it('are the inverse of each other for well-formed text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text)
      }),
    )
  })

  it('make U+FFFD of a lone surrogate', () => {
    expect(hex(encodeUtf8('a\ud800'))).toBe(hex('61 efbfbd'))
  })

  it('keep a byte order mark', () => {
    expect(decodeUtf8(bytes('efbbbf 61'))).toBe('\ufeffa')
  })

  it('throw a TypeError for bytes that are not UTF-8', () => {
    expect(() => decodeUtf8(bytes('ff'))).toThrow(TypeError)
  })
})

describe('utf8Length', () => {
  it.each([
    ['', 0],
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\uffff', 3],
    ['😀', 4],
    ['\ud800', 3],
    ['\udc00', 3],
    ['\udc00\ud800', 6],
    ['\ud83d\ud83d\ude00', 7],
    ['\ud83da', 4],
  ])('of %j is %i', (text, length) => {
    expect(utf8Length(text)).toBe(length)
  })

  it('agrees with the encoder on any string, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, anyText), (text) => {
        expect(utf8Length(text)).toBe(encodeUtf8(text).length)
      }),
    )
  })
})

describe('truncateUtf8', () => {
  it('gives the longest prefix that fits and splits no character', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, anyText), fc.integer({ min: 0, max: 60 }), (text, limit) => {
        const cut = truncateUtf8(text, limit)
        expect(text.startsWith(cut)).toBe(true)
        expect(utf8Length(cut)).toBeLessThanOrEqual(limit)
        const [next] = text.slice(cut.length)
        if (next === undefined) return
        expect(utf8Length(cut + next)).toBeGreaterThan(limit)
        // Nothing that was one character has become two.
        expect([...cut, ...text.slice(cut.length)].join('|')).toBe([...text].join('|'))
      }),
    )
  })

  it('leaves text of well-formed characters decodable', () => {
    expect(truncateUtf8('€'.repeat(50), 124)).toBe('€'.repeat(41))
    expect(truncateUtf8('a😀', 4)).toBe('a')
    expect(truncateUtf8('a😀', 5)).toBe('a😀')
  })
})
