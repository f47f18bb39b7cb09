import { describe, expect, test } from 'vitest'
import { escapeText } from '../../../src/cli/terminal/escape.ts'

describe('escapeText', () => {
  test.each([
    ['a line feed', 'a\nb', 'a\\nb'],
    ['a carriage return', 'a\rb', 'a\\rb'],
    ['a tab', 'a\tb', 'a\\tb'],
    ['a null', '\u0000', '\\u0000'],
    ['a bell', '\u0007', '\\u0007'],
    ['a sequence that clears the screen', '\u001b[2J', '\\u001b[2J'],
    ['a title that a terminal would set', '\u001b]0;root\u0007', '\\u001b]0;root\\u0007'],
    ['a delete', '\u007f', '\\u007f'],
    ['an eight-bit control sequence', '\u009b2J', '\\u009b2J'],
    ['an override of the direction', 'txt.\u202eexe', 'txt.\\u202eexe'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['direction marks', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
  ])('shows %s', (_, text, shown) => {
    expect(escapeText(text)).toBe(shown)
  })

  test('leaves every other character as it is', () => {
    const text = 'a é € 😀 👩‍👧 שלום مرحبا \\n "quoted" ~'
    expect(escapeText(text)).toBe(text)
  })

  test('leaves no C0 and no C1 control', () => {
    const all = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).join('')
    const codes = Array.from(escapeText(all), (character) => character.charCodeAt(0))
    expect(codes.filter((code) => code < 0x20 || (code >= 0x7f && code <= 0x9f))).toEqual([])
  })
})
