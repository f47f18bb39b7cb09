import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinTemplates, matchTemplate, pathTemplate } from '../../src/routing/path-template.ts'
import { anyText } from '../support/text.ts'

function match(template: string, path: string): Readonly<Record<string, string>> | undefined {
  return matchTemplate(pathTemplate(template), path)
}

describe('a path template', () => {
  test.each<[template: string, path: string, params: Record<string, string>]>([
    ['/', '/', {}],
    ['/a', '/a', {}],
    ['/a/', '/a/', {}],
    ['/a/b.c', '/a/b.c', {}],
    ['/:x', '/1', { x: '1' }],
    ['/a/:x/b/:y', '/a/1/b/2', { x: '1', y: '2' }],
    ['/:x/', '/1/', { x: '1' }],
    ['/:x', '/a:b', { x: 'a:b' }],
    ['/:_x1', '/..', { _x1: '..' }],
    ['/*/b', '/a/b', {}],
    ['/a/*', '/a', { '*': '' }],
    ['/a/*', '/a/', { '*': '' }],
    ['/a/*', '/a/b', { '*': 'b' }],
    ['/a/*', '/a/b/c/', { '*': 'b/c/' }],
    ['/a/*', '/a//b', { '*': '/b' }],
    ['/*', '/', { '*': '' }],
    ['/*', '/a/b', { '*': 'a/b' }],
    ['/*/*', '/a/b', { '*': 'b' }],
    ['/:x/*', '/1/2/3', { x: '1', '*': '2/3' }],
    ['/:constructor', '/1', { constructor: '1' }],
  ])('%s matches %s', (template, path, params) => {
    expect(match(template, path)).toEqual(params)
  })

  test.each([
    ['/', '/a'],
    ['/a', '/'],
    ['/a', '/a/'],
    ['/a/', '/a'],
    ['/a', '/ab'],
    ['/ab', '/a'],
    ['/a', '/A'],
    ['/a/b', '/a'],
    ['/a', '/a/b'],
    ['/:x', '/'],
    ['/:x', '/1/'],
    ['/a/:x', '/a/'],
    ['/:x/b', '//b'],
    ['/*/b', '//b'],
    ['/*/b', '/a/a/b'],
    ['/a/*', '/ab'],
    ['/*/*', '/'],
    ['/*', '*'],
  ])('%s does not match %s', (template, path) => {
    expect(match(template, path)).toBeUndefined()
  })

  test('decodes parameters, but not what it compares', () => {
    expect(match('/:x', '/a%20b%2Fc')).toEqual({ x: 'a b/c' })
    expect(match('/a/*', '/a/%C3%A9/%25')).toEqual({ '*': 'é/%' })
    expect(match('/caf%C3%A9', '/caf%C3%A9')).toEqual({})
    expect(match('/a', '/%61')).toBeUndefined()
  })

  test.each(['/%', '/%4', '/%zz', '/%ff', '/%ED%A0%80', '/a%C3'])(
    'does not match %s, which is malformed',
    (path) => {
      expect(match('/:x', path)).toBeUndefined()
      expect(match('/*', path)).toBeUndefined()
    },
  )

  test('never throws for a path, and finds in it what was put there', () => {
    const template = pathTemplate('/a/:x/*/:y/*')
    fc.assert(
      fc.property(anyText, (path) => {
        matchTemplate(template, path)
        matchTemplate(template, `/a/${path}`)
      }),
    )
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(text, text, text, (x, y, rest) => {
        const path = `/a/${encodeURIComponent(x)}/b/${encodeURIComponent(y)}/${encodeURIComponent(rest)}`
        expect(matchTemplate(template, path)).toEqual({ x, y, '*': rest })
      }),
    )
  })

  test.each([
    ['a', "it must start with '/'"],
    ['', "it must start with '/'"],
    ['/:x/:x', "it names two parameters 'x'"],
    ['/a/b/:x/:x', "it names two parameters 'x'"],
    ['/:', "':' does not name a parameter: write ':' and an identifier"],
    ['/:a-b', "':a-b' does not name a parameter: write ':' and an identifier"],
    ['/:x?', "':x?' does not name a parameter: write ':' and an identifier"],
    ['/:1', "':1' does not name a parameter: write ':' and an identifier"],
    ['/:__proto__', "':__proto__' does not name a parameter: write ':' and an identifier"],
    ['/{x}', "a parameter takes a whole segment, as in ':name' or '*', but not '{x}'"],
    ['/a-:x', "a parameter takes a whole segment, as in ':name' or '*', but not 'a-:x'"],
    ['/a*', "a parameter takes a whole segment, as in ':name' or '*', but not 'a*'"],
    ['/a//b', 'it has an empty segment'],
    ['//', 'it has an empty segment'],
    ['/a/../b', "no path of a request has a segment '..': it is resolved before"],
    ['/%2E', "no path of a request has a segment '%2E': it is resolved before"],
    ['/a?x=1', 'a path has no query and no fragment'],
    ['/a#b', 'a path has no query and no fragment'],
    ['/a b', "'a b' must be percent-encoded, as it is in a request"],
    ['/é', "'é' must be percent-encoded, as it is in a request"],
    ['/%zz', "'%zz' must be percent-encoded, as it is in a request"],
  ])('%s is refused', (source, why) => {
    expect(() => pathTemplate(source)).toThrow(
      new TypeError(`invalid path template '${source}': ${why}`),
    )
  })
})

describe('a base path', () => {
  test.each([
    ['/api', '/echo', '/api/echo'],
    ['/api', '/', '/api'],
    ['/', '/echo', '/echo'],
    ['/', '/', '/'],
    ['/:v', '/*', '/:v/*'],
    ['/*/a', '/b/', '/*/a/b/'],
  ])('%s and %s are %s', (base, source, joined) => {
    expect(joinTemplates(base, source)).toBe(joined)
  })

  test.each([
    ['/api/', "a base path has no '/' at its end: write '/api'"],
    ['/api/*', "a base path has no '*' at its end: whatever is below it belongs to it"],
    ['api', "it must start with '/'"],
  ])('%s is refused', (base, why) => {
    expect(() => joinTemplates(base, '/echo')).toThrow(
      new TypeError(`invalid path template '${base}': ${why}`),
    )
  })
})
