import { describe, expect, test } from 'vitest'
import { clientUrl } from '../../../src/protocol/handshake/client-url.ts'
import {
  type ClientRequest,
  type ClientTarget,
  clientRequest,
  type RequestBlock,
  type RequestDefaults,
  type RequestOptions,
} from '../../../src/session/client/session-client-request.ts'

function request(
  target: ClientTarget,
  options: RequestOptions | RequestBlock = {},
  defaults: RequestDefaults = {},
  secure?: boolean,
): ClientRequest {
  return clientRequest(target, options, defaults, clientUrl, secure)
}

const urlOf = (target: ClientTarget, secure?: boolean): string =>
  request(target, {}, {}, secure).url.href

describe('the target of a request', () => {
  test.each([
    ['ws://example.org/chat?room=1', 'ws://example.org/chat?room=1'],
    [new URL('https://example.org'), 'https://example.org/'],
    [{}, 'ws://localhost/'],
    [
      { host: 'example.org', port: 8080, path: '/chat?room=1' },
      'ws://example.org:8080/chat?room=1',
    ],
    [{ method: 'GET', path: 'chat' } as const, 'ws://localhost/chat'],
    [{ secure: true, host: '::1' }, 'wss://[::1]/'],
    [{ host: '[::1]', port: 9000 }, 'ws://[::1]:9000/'],
    [{ host: '127.0.0.1', port: 80 }, 'ws://127.0.0.1/'],
    [{ port: 1 }, 'ws://localhost:1/'],
  ])('%o is %s', (target, url) => {
    expect(urlOf(target)).toBe(url)
  })

  test('is secure for wss, with the port 443', () => {
    const { url } = request({ host: 'example.org' }, {}, {}, true)
    expect(url.href).toBe('wss://example.org/')
    expect(urlOf('wss://example.org:443/', true)).toBe('wss://example.org/')
    expect(urlOf('https://example.org/', true)).toBe('https://example.org/')
  })

  test('is secure where code without types says so in another way', () => {
    const parts: object = { secure: 'yes' }
    expect(urlOf(parts)).toBe('wss://localhost/')
    expect(() => urlOf(parts, false)).toThrow('ws() does not open wss: URLs')
  })

  test.each([
    ['wss://example.org', false, 'ws() does not open wss: URLs: call wss() or webSocket()'],
    ['http://example.org', true, 'wss() does not open http: URLs: call ws() or webSocket()'],
    [{ secure: false }, true, 'wss() does not open ws: URLs'],
    [{ secure: true }, false, 'ws() does not open wss: URLs'],
    ['/chat', undefined, "'/chat' is not an absolute URL"],
    ['ftp://example.org', undefined, "the scheme 'ftp:'"],
    [{ path: '/#top' }, undefined, 'has a fragment'],
    [{ host: 'example.org/x' }, undefined, "'example.org/x' is no host"],
    [{ host: 'localhost:80' }, undefined, "'localhost:80' is no host"],
    [{ host: 'user@example.org' }, undefined, 'is no host'],
    [{ host: '' }, undefined, "'' is no host"],
    [{ port: 0 }, undefined, '0 is no port: give a number from 1 to 65535'],
    [{ port: 65_536 }, undefined, '65536 is no port'],
    [{ port: 80.5 }, undefined, '80.5 is no port'],
  ])('%o, asked to be secure: %s, throws: %s', (target, secure, message) => {
    expect(() => urlOf(target, secure)).toThrow(message)
  })

  test('opens with GET only', () => {
    const parts: object = { method: 'POST' }
    expect(() => urlOf(parts)).toThrow("the method is 'POST': a WebSocket opens with GET")
  })
})

describe('a builder of requests', () => {
  test('says it all, one call after the other', () => {
    const { url, headers, protocols } = request((builder) =>
      builder
        .url('wss://api.example.com/socket?v=2')
        .header('Authorization', 'Bearer token123')
        .parameter('room', 'tea & scones')
        .parameter('page', 3)
        .protocol('chat.v2', 'chat.v1'),
    )
    expect(url.href).toBe('wss://api.example.com/socket?v=2&room=tea+%26+scones&page=3')
    expect(headers).toEqual([['Authorization', 'Bearer token123']])
    expect(protocols).toEqual(['chat.v2', 'chat.v1'])
  })

  test('takes parts, and has the defaults of parts when it is told nothing', () => {
    expect(urlOf((builder) => builder.url({ port: 9000, path: '/echo' }))).toBe(
      'ws://localhost:9000/echo',
    )
    expect(urlOf(() => {})).toBe('ws://localhost/')
    expect(urlOf(() => {}, true)).toBe('wss://localhost/')
  })

  test('adds to a target, in place of options', () => {
    const { url, headers, protocols } = request({ port: 9000 }, (builder) =>
      builder.header('Authorization', 'Bearer token').parameter('room', 1).protocol('chat.v1'),
    )
    expect(url.href).toBe('ws://localhost:9000/?room=1')
    expect(headers).toEqual([['Authorization', 'Bearer token']])
    expect(protocols).toEqual(['chat.v1'])
  })

  test('does not touch a URL that it is given', () => {
    const given = new URL('ws://example.org/')
    expect(urlOf((builder) => builder.url(given).parameter('a', true))).toBe(
      'ws://example.org/?a=true',
    )
    expect(given.href).toBe('ws://example.org/')
  })
})

describe('the options of a request', () => {
  test('leave the query of the target as it is written, and come behind it', () => {
    const { url } = request('ws://host/?sig=a%2Fb%20c~(x)&flag', { parameters: { room: 'a b&c' } })
    expect(url.search).toBe('?sig=a%2Fb%20c~(x)&flag&room=a+b%26c')
    expect(request('ws://host/?', { parameters: { a: 1 } }).url.search).toBe('?a=1')
    expect(request('ws://host/?', { parameters: {} }).url.href).toBe('ws://host/?')
  })

  test('leave out parameters that are undefined', () => {
    const { url } = request('ws://host/', { parameters: { since: undefined, room: 7 } })
    expect(url.search).toBe('?room=7')
    expect(request('ws://host/', { parameters: { since: undefined } }).url.href).toBe('ws://host/')
  })

  test('may have parameters as a query has them, repeated ones too', () => {
    const parameters = new URLSearchParams('tag=a&tag=b&room=x%20y')
    expect(request('ws://host/?q', { parameters }).url.search).toBe('?q&tag=a&tag=b&room=x+y')
  })

  test('add to what the target says', () => {
    const signal = new AbortController().signal
    const given = request((builder) => builder.header('a', '1').parameter('p', 1).protocol('one'), {
      headers: { b: '2' },
      parameters: { q: 'x' },
      protocols: 'two',
      signal,
    })
    expect(given.url.search).toBe('?p=1&q=x')
    expect(given.headers).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(given.protocols).toEqual(['one', 'two'])
    expect(given.signal).toBe(signal)
  })

  test("replace the client's subprotocols", () => {
    const defaults = { protocols: ['a', 'b'] }
    expect(request('ws://host', {}, defaults).protocols).toEqual(['a', 'b'])
    expect(request('ws://host', { protocols: ['c'] }, defaults).protocols).toEqual(['c'])
    expect(request('ws://host').protocols).toEqual([])
  })

  test('have headers as an object, as pairs, some with one name, or as Headers', () => {
    const pairs: [string, string][] = [
      ['x-a', '1'],
      ['x-a', '2'],
    ]
    expect(request('ws://host', { headers: { 'x-a': '1' } }).headers).toEqual([['x-a', '1']])
    expect(request('ws://host', { headers: pairs }).headers).toEqual(pairs)
    const headers = new Headers({ 'x-a': '1' })
    expect(request('ws://host', { headers }).headers).toEqual([['x-a', '1']])
  })
})

// What the types refuse, for those who have none.
test('a request has no other options and parts than it knows', () => {
  const options: object = { hedaers: { a: '1' } }
  expect(() => request('ws://host', options)).toThrow(
    new TypeError('a request has no option hedaers'),
  )
  const parts: object = { hots: 'example.com' }
  expect(() => urlOf(parts)).toThrow(new TypeError('a request has no option hots'))
  const build: RequestBlock = (builder) => builder.url(parts)
  expect(() => urlOf(build)).toThrow(new TypeError('a request has no option hots'))
})
