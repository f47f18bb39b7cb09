import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { Utf8Validator } from '../../../src/protocol/bytes/utf8-validator.ts'
import { cutAt, cuts } from '../../support/cuts.ts'
import { bytes } from '../../support/hex.ts'
import { almostUtf8, isUtf8Oracle, possiblePrefix } from '../../support/utf8-oracle.ts'

const validator = (): Utf8Validator => new Utf8Validator(portablePorts.isUtf8)

/** The octet that `push` refuses when it is given one at a time; all of them when it refuses none. */
function firstRefused(content: Uint8Array): number {
  const one = validator()
  for (let i = 0; i < content.length; i++) if (!one.push(content, i, i + 1)) return i
  return content.length
}

describe('Utf8Validator', () => {
  it.each([
    ['nothing', ''],
    ['ASCII', '48 65 6c 6c 6f'],
    ['the first and the last of two octets', 'c280 dfbf'],
    ['the first and the last of three octets', 'e0a080 efbfbf'],
    ['around the surrogates', 'ed9fbf ee8080'],
    ['the first and the last of four octets', 'f0908080 f48fbfbf'],
    ['a byte order mark and noncharacters', 'efbbbf efbfbe efb790'],
    ['U+0000', '00'],
  ])('takes %s', (_, content) => {
    const one = validator()
    const octets = bytes(content)
    expect(one.push(octets, 0, octets.length)).toBe(true)
    expect(one.complete).toBe(true)
  })

  it.each([
    ['a continuation octet with nothing before it', '61 80', 1],
    ['an overlong form of two octets', 'c0 80', 0],
    ['another', 'c1 bf', 0],
    ['an overlong form of three octets', 'e0 9f bf', 1],
    ['a surrogate', 'ed a0 80', 1],
    ['a low surrogate', 'ed bf bf', 1],
    ['an overlong form of four octets', 'f0 8f bf bf', 1],
    ['a value above U+10FFFF', 'f4 90 80 80', 1],
    ['a lead octet for more than that', 'f5 80 80 80', 0],
    ['a form of five octets', 'f8 88 80 80 80', 0],
    ['0xfe', 'fe', 0],
    ['0xff', 'ff', 0],
    ['the octet before the continuations', 'c3 7f', 1],
    ['the octet after them', 'c3 c0', 1],
    ['the octet before them, third', 'e2 82 7f', 2],
    ['the octet after them, third', 'e2 82 c0', 2],
    ['a character that breaks off', 'e2 82 41', 2],
    ['one that breaks off for another', 'e2 c3 a9', 1],
    ['a third octet out of range', 'f0 90 41', 2],
    ['a fourth octet out of range', 'f0 90 80 c0', 3],
  ])('refuses %s at its first impossible octet', (_, content, at) => {
    expect(firstRefused(bytes(content))).toBe(at)
  })

  it('knows when a character is not whole', () => {
    const one = validator()
    const euro = bytes('e2 82 ac')
    expect(one.complete).toBe(true)
    one.push(euro, 0, 1)
    expect(one.complete).toBe(false)
    one.push(euro, 1, 2)
    expect(one.complete).toBe(false)
    one.push(euro, 2, 3)
    expect(one.complete).toBe(true)
  })

  it('agrees with TextDecoder on any bytes, cut anywhere', () => {
    fc.assert(
      fc.property(fc.oneof(almostUtf8, fc.uint8Array({ maxLength: 100 })), cuts, (content, at) => {
        const one = validator()
        const valid = cutAt(content, at).every((piece) => one.push(piece, 0, piece.length))
        expect(valid && one.complete).toBe(isUtf8Oracle(content))
      }),
      { numRuns: 500 },
    )
  })

  it('refuses the first octet that nothing could make right, and none before', () => {
    fc.assert(
      fc.property(almostUtf8, (content) => {
        expect(firstRefused(content)).toBe(possiblePrefix(content))
      }),
    )
  })

  it('refuses a piece exactly when an impossible octet is in it, cut anywhere', () => {
    fc.assert(
      fc.property(almostUtf8, cuts, (content, at) => {
        const impossible = possiblePrefix(content)
        const one = validator()
        let offset = 0
        for (const piece of cutAt(content, at)) {
          offset += piece.length
          const taken = one.push(piece, 0, piece.length)
          expect(taken).toBe(offset <= impossible)
          if (!taken) break
        }
      }),
    )
  })

  it('leaves long runs, whole characters only, to the platform', () => {
    const asked: number[] = []
    const one = new Utf8Validator((run) => {
      asked.push(run.length)
      return isUtf8Oracle(run)
    })
    for (const tail of ['', 'c3', 'e282', 'f09f98', 'c3a9', 'e282ac', 'f09f9880']) {
      const content = bytes('61'.repeat(60) + tail)
      expect(one.push(content, 0, content.length), tail).toBe(true)
      const missing = { c3: 'a9', e282: 'ac', f09f98: '80' }[tail] ?? ''
      expect(one.push(bytes(missing), 0, missing.length / 2), tail).toBe(true)
      expect(one.complete, tail).toBe(true)
    }
    expect(asked).toEqual([60, 60, 60, 60, 62, 63, 64])
  })
})
