import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainGet } from '../../../src/protocol/handshake/request-head.ts'
import { token } from '../../support/header-arbitraries.ts'

function head(requestLine: string, ...fields: readonly string[]): string {
  return [requestLine, ...fields, '', ''].join('\r\n')
}

describe('plainGet', () => {
  it('reads a head, and tells where it ends', () => {
    const text = head('GET /chat?room=1 HTTP/1.1', 'Host: a.example', 'upgrade:websocket')
    expect(plainGet(`${text}\x81\x00`)).toEqual({
      method: 'GET',
      target: '/chat?room=1',
      httpVersion: '1.1',
      fields: ['Host', 'a.example', 'upgrade', 'websocket'],
      end: text.length,
    })
  })

  it('takes a head without fields', () => {
    expect(plainGet(head('GET / HTTP/1.1'))?.fields).toEqual([])
  })

  it('takes spaces off around a value, and leaves those within', () => {
    const text = head('GET / HTTP/1.1', 'a:  b  c ', 'd:', 'e:  ')
    expect(plainGet(text)?.fields).toEqual(['a', 'b  c', 'd', '', 'e', ''])
  })

  it('takes values of any visible byte', () => {
    const value = '!~"(),/:;<=>?@[\\]{}\x80\xff'
    expect(plainGet(head('GET / HTTP/1.1', `a: ${value}`))?.fields).toEqual(['a', value])
  })

  it.each([
    ['another method', head('POST / HTTP/1.1')],
    ['a method in lower case', head('get / HTTP/1.1')],
    ['another version', head('GET / HTTP/1.0')],
    ['an absolute target', head('GET http://a.example/ HTTP/1.1')],
    ['a target that is no path', head('GET * HTTP/1.1')],
    ['a fragment', head('GET /#a HTTP/1.1')],
    ['a backslash', head('GET /\\a HTTP/1.1')],
    ['a byte over 0x7f in the target', head('GET /\xe9 HTTP/1.1')],
    ['two spaces', head('GET  / HTTP/1.1')],
    ['a line end in front', `\r\n${head('GET / HTTP/1.1')}`],
    ['a line that ends in LF', 'GET / HTTP/1.1\na: b\n\n'],
    ['a field without a name', head('GET / HTTP/1.1', ': b')],
    ['a space in a name', head('GET / HTTP/1.1', 'a : b')],
    ['a field without a colon', head('GET / HTTP/1.1', 'a')],
    ['a value in two lines', head('GET / HTTP/1.1', 'a: b', ' c')],
    ['a tab', head('GET / HTTP/1.1', 'Connection: Upgrade\t')],
    ['a control character', head('GET / HTTP/1.1', 'a: b\x01c')],
    ['a DEL', head('GET / HTTP/1.1', 'a: b\x7fc')],
    ['a CR without LF', head('GET / HTTP/1.1', 'a: b\rc')],
    ['an incomplete head', 'GET / HTTP/1.1\r\na: b\r\n'],
    ['half a line end', 'GET / HTTP/1.1\r\na: b\r\n\r'],
    ['nothing', ''],
  ])('leaves %s to others', (_, text) => {
    expect(plainGet(text)).toBeUndefined()
  })

  it('reads back the fields of every head of tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(token, token)), (fields) => {
        const text = head('GET / HTTP/1.1', ...fields.map(([name, value]) => `${name}: ${value}`))
        expect(plainGet(text)?.fields).toEqual(fields.flat())
      }),
    )
  })

  // One that backtracks would take longer than the runner waits.
  it.each([
    ['spaces', `a:${' '.repeat(400_000)}`],
    ['words', `a: ${'b '.repeat(200_000)}`],
    ['a long name', 'a'.repeat(400_000)],
    ['many fields', 'a: b\r\n'.repeat(100_000)],
  ])('meets no trap in %s', (_, fields) => {
    expect(plainGet(`GET / HTTP/1.1\r\n${fields}\x01`)).toBeUndefined()
  })
})
