import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hexOf, legible, quote } from '../../../src/protocol/errors/quote.ts'
import { anyString } from '../../support/header-arbitraries.ts'

describe('quote', () => {
  it('shows printable ASCII as it is', () => {
    expect(quote('permessage-deflate; x=1')).toBe("'permessage-deflate; x=1'")
  })

  it('escapes what could forge a line, steer a terminal or end the quotes', () => {
    expect(quote('a\r\nb\u001b[2J\u009b\u2028é')).toBe(
      "'a\\u000d\\u000ab\\u001b[2J\\u009b\\u2028\\u00e9'",
    )
    expect(quote("it's \\")).toBe("'it\\'s \\\\'")
  })

  it('shows 64 characters at most', () => {
    expect(quote('x'.repeat(64))).toBe(`'${'x'.repeat(64)}'`)
    expect(quote('x'.repeat(65))).toBe(`'${'x'.repeat(64)}...'`)
  })

  it('is printable ASCII whatever it is given', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        expect(quote(text)).toMatch(/^'[ -~]*'$/)
      }),
    )
  })
})

describe('legible', () => {
  it('leaves text as it is, in any script', () => {
    const text = "it's \\ à bientôt, 語 😀"
    expect(legible(text)).toBe(text)
  })

  it('escapes what could forge a line, steer a terminal or turn the writing', () => {
    expect(legible('a\r\nb\u001b[2J\u009b\u2028\u202ec')).toBe(
      'a\\u000d\\u000ab\\u001b[2J\\u009b\\u2028\\u202ec',
    )
  })
})

it('hexOf writes hex, cut if too long', () => {
  expect(hexOf(Uint8Array.of(0, 15, 255), 3)).toBe('00 0f ff')
  expect(hexOf(Uint8Array.of(0, 15, 255), 2)).toBe('00 0f ...')
  expect(hexOf(new Uint8Array(), 2)).toBe('')
})
