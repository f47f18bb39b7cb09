import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ExtensionHeader,
  formatExtensions,
  parseExtensions,
} from '../../../src/protocol/headers/extension-header.ts'
import { countSteps } from '../../support/count-steps.ts'
import { anyString, extensionHeader, listLike } from '../../support/header-arbitraries.ts'

function extension(
  name: string,
  ...parameters: (readonly [name: string, value?: string])[]
): ExtensionHeader {
  return { name, parameters: parameters.map(([key, value]) => ({ name: key, value })) }
}

describe('parseExtensions', () => {
  it.each<[string, ...ExtensionHeader[]]>([
    ['foo', extension('foo')],
    [
      'superspeed, colormode; depth=16',
      extension('superspeed'),
      extension('colormode', ['depth', '16']),
    ],
    [
      'permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate',
      extension('permessage-deflate', ['client_max_window_bits'], ['server_max_window_bits', '10']),
      extension('permessage-deflate'),
    ],
    ['foo;bar;bar=1', extension('foo', ['bar'], ['bar', '1'])],
    ['foo;bar="baz"', extension('foo', ['bar', 'baz'])],
    ['foo;bar="b\\a\\z";x', extension('foo', ['bar', 'baz'], ['x'])],
    [
      ' foo\t; bar = 1 ;\tbaz= "2" , x ',
      extension('foo', ['bar', '1'], ['baz', '2']),
      extension('x'),
    ],
    [', foo,, bar ,', extension('foo'), extension('bar')],
    [
      'constructor;__proto__=hasOwnProperty',
      extension('constructor', ['__proto__', 'hasOwnProperty']),
    ],
  ])('reads %j', (value, ...extensions) => {
    expect(parseExtensions(value)).toEqual(extensions)
  })

  it.each([
    ['', 'nothing'],
    [' ', 'a space'],
    [',', 'a comma alone'],
    [';', 'a semicolon alone'],
    ['foo;', 'no parameter after the semicolon'],
    ['foo;;bar', 'an empty parameter'],
    ['foo;,bar', 'an empty parameter before the comma'],
    ['foo bar', 'two names in one element'],
    ['foo;bar baz', 'two names in one parameter'],
    ['foo;bar=', 'no value'],
    ['foo;=1', 'no name of a parameter'],
    ['foo=1', 'a value of the extension itself'],
    ['foo;bar=1 2', 'two values'],
    ['foo;bar==1', 'two equals signs'],
    ['foo;bar=""', 'an empty quoted value'],
    ['foo;bar="a b"', 'a quoted space'],
    ['foo;bar="a,b"', 'a quoted comma'],
    ['foo;bar="a\\"b"', 'a quoted quote'],
    ['foo;bar="a\\\\b"', 'a quoted backslash'],
    ['foo;bar="a', 'no end of the quotes'],
    ['foo;bar="a\\', 'no end of the quotes after a backslash'],
    ['foo;bar="a\\"', 'no end of the quotes after a quoted quote'],
    ['foo;bar="a"b', 'a character after the quotes'],
    ['"foo"', 'a quoted name'],
    ['f\u00e4', 'a letter that is not ASCII'],
    ['foo\u0000', 'a NUL'],
  ])('finds %j malformed, %s', (value) => {
    expect(parseExtensions(value)).toBeUndefined()
  })

  it('reads back what formatExtensions writes', () => {
    fc.assert(
      fc.property(fc.array(extensionHeader, { minLength: 1 }), (extensions) => {
        expect(parseExtensions(formatExtensions(extensions))).toEqual(extensions)
      }),
    )
  })

  it('answers any string with what can be written and read again, or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(listLike, anyString), (value) => {
        const extensions = parseExtensions(value)
        if (extensions === undefined) return
        expect(parseExtensions(formatExtensions(extensions))).toEqual(extensions)
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    ['spaces', ' '],
    ['commas', ','],
    ['names', 'a,'],
    ['parameters', 'a;'],
    ['values', 'a;b=c,'],
    ['quotes', '"'],
    ['quoted values', 'a;b="c",'],
    ['backslashes', '\\'],
    ['quoted characters', '\\a'],
    ['spaces in values', 'a = b '],
    ['spaced semicolons', 'a ; '],
  ])('takes time in proportion to the length of %s', (_, part) => {
    for (const [before, after] of [
      ['', ''],
      ['a;b="', ''],
      ['a;b="', '"'],
      ['a;b=', '\u0000'],
    ]) {
      const value = before + part.repeat(100_000 / part.length) + after
      expect(countSteps(() => parseExtensions(value))).toBeLessThan(8 * value.length)
    }
  })
})

describe('formatExtensions', () => {
  it('writes names, parameters and values', () => {
    expect(
      formatExtensions([
        extension(
          'permessage-deflate',
          ['client_max_window_bits', '10'],
          ['server_no_context_takeover'],
        ),
        extension('x'),
      ]),
    ).toBe('permessage-deflate; client_max_window_bits=10; server_no_context_takeover, x')
    expect(formatExtensions([])).toBe('')
  })

  it.each([
    [extension('a b'), "'a b' cannot be the name of an extension"],
    [extension(''), "'' cannot be the name of an extension"],
    [extension('x', ['a,b']), "'a,b' cannot be the parameter of x"],
    [
      extension('x', ['a', '1\r\nSet-Cookie: b']),
      "'1\\u000d\\u000aSet-Cookie: b' cannot be the value of x's a",
    ],
    [extension('x', ['a', '']), "'' cannot be the value of x's a"],
  ])('refuses what is not a token: %j', (header, message) => {
    expect(() => formatExtensions([header])).toThrow(TypeError)
    expect(() => formatExtensions([header])).toThrow(message)
  })
})
