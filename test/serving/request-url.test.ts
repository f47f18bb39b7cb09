import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRequestUrl } from '../../src/serving/request-url.ts'

const GOOD: readonly string[] = [
  'http://a.example/',
  'http://a.example/b?c=/d#e',
  'http://a.example//b.example/@c',
  'http://a.example/[%zz ]',
  'https://[::1]:80/',
  'http://a.example',
  'http://a.example?b/c',
  'http://a.example?@/',
  'HTTP://a.example/b',
]

const BAD: readonly string[] = [
  'http://a b/',
  'http://a.example:80:80/',
  'http://256.256.256.256/',
  'http://ann@a.example/',
  'http://ann:secret@a.example/b',
  'http://@a.example/',
  'HTTP://ann@a.example/',
  'http:///',
  'http:///a.example/b',
  'http:////a.example/b',
  'http:///ann@a.example/b',
  'http://a.example\\b/c',
  'http:\\\\a.example/b',
  'http:a.example/b',
  'ws://a.example/b',
  'ftp://a.example/b',
  'file:///a.example/b',
  'javascript://a.example/b',
  '/a',
  '*',
  '',
]

describe('a Request', () => {
  test('can be made of a URL, or cannot, whatever was asked about before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...GOOD, ...BAD)), (urls) => {
        for (const url of urls) expect([url, isRequestUrl(url)]).toEqual([url, GOOD.includes(url)])
      }),
      { numRuns: 1_000 },
    )
  })

  test('can be made of whatever path there is behind a host that is good', () => {
    expect(isRequestUrl('http://a.example/')).toBe(true)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        const url = `http://a.example/${rest}`
        expect(isRequestUrl(url)).toBe(true)
        expect(new URL(new Request(url).url).host).toBe('a.example')
      }),
    )
  })
})
