import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeText } from '../../src/filters/escape.ts'
import { anyText } from '../support/text.ts'

describe('escapeText', () => {
  test.each([
    ['plain text, with é, 漢字 and 😀', 'plain text, with é, 漢字 and 😀'],
    ['a\nb\r\nc\td', 'a\\nb\\u{d}\\nc\\u{9}d'],
    ['\u001b[2J\u009b31m', '\\u{1b}[2J\\u{9b}31m'],
    ['a\u2028b\u2029c\u0085d', 'a\\u{2028}b\\u{2029}c\\u{85}d'],
    ['\u202etxt.exe\u2066', '\\u{202e}txt.exe\\u{2066}'],
    ['\\n', '\\\\n'],
    ['\ud83d', '\\u{d83d}'],
    ['\0\u{e0001}', '\\u{0}\\u{e0001}'],
  ])('writes %j as %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped)
  })

  test('cuts what is too long', () => {
    expect(escapeText('abcdef', 6)).toBe('abcdef')
    expect(escapeText('abcdef', 3)).toBe('abc...')
    expect(escapeText('ab😀', 3)).toBe('ab\\u{d83d}...')
  })

  test('leaves one line, and of two texts two different ones', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(escapeText(a)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(escapeText(a) === escapeText(b)).toBe(a === b)
      }),
    )
  })
})
