import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptKey } from '../../../src/protocol/handshake/accept-key.ts'
import {
  checkUpgrade,
  formatResponse,
  formatUpgrade,
  type HandshakeRequest,
  isUpgrade,
  isWholeUpgrade,
  type RefusedUpgrade,
  upgradeHeaders,
} from '../../../src/protocol/handshake/server-handshake.ts'
import { anyString, listLike } from '../../support/header-arbitraries.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

type Changes = Readonly<Record<string, string | null>>

/** The handshake of RFC 6455, section 1.2, with other headers; `null` removes one. */
function request(
  changes: Changes = {},
  start: { method?: string; httpVersion?: string | undefined } = {},
): HandshakeRequest {
  const headers: Changes = {
    host: 'server.example.com',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': KEY,
    'sec-websocket-version': '13',
    ...changes,
  }
  return { method: 'GET', httpVersion: '1.1', ...start, header: (name) => headers[name] ?? null }
}

function refusal(request: HandshakeRequest): RefusedUpgrade {
  const check = checkUpgrade(request)
  if (check.ok) throw new Error('the upgrade was not refused')
  return check
}

describe('isUpgrade', () => {
  it('is about the header Upgrade', () => {
    expect(isUpgrade(request())).toBe(true)
    expect(isUpgrade(request({ upgrade: 'h2c, WebSocket', 'sec-websocket-key': null }))).toBe(true)
    expect(isUpgrade(request({ upgrade: 'h2c' }))).toBe(false)
    expect(isUpgrade(request({ upgrade: null }))).toBe(false)
  })
})

describe('isWholeUpgrade', () => {
  it('is about the headers Upgrade and Connection', () => {
    expect(isWholeUpgrade(request({ connection: 'keep-alive, Upgrade' }))).toBe(true)
    expect(isWholeUpgrade(request({ connection: 'keep-alive' }))).toBe(false)
    expect(isWholeUpgrade(request({ upgrade: 'h2c' }))).toBe(false)
  })
})

describe('checkUpgrade', () => {
  it('takes the handshake of the RFC', () => {
    const check = checkUpgrade(
      request({ origin: 'http://example.com', 'sec-websocket-protocol': 'chat, superchat' }),
    )
    expect(check).toEqual({ ok: true, key: KEY, protocols: ['chat', 'superchat'], extensions: [] })
  })

  it('takes offers of extensions in their order', () => {
    const check = checkUpgrade(
      request({ 'sec-websocket-extensions': 'a; b="1", permessage-deflate, a' }),
    )
    expect(check).toMatchObject({
      ok: true,
      extensions: [
        { name: 'a', parameters: [{ name: 'b', value: '1' }] },
        { name: 'permessage-deflate', parameters: [] },
        { name: 'a', parameters: [] },
      ],
    })
  })

  it.each<[string, Changes]>([
    ['other case', { upgrade: 'WebSocket', connection: 'upgrade' }],
    ['other tokens', { upgrade: 'HTTP/2.0, websocket', connection: 'keep-alive, Upgrade' }],
    ['a body of no bytes', { 'content-length': '0' }],
    ['a content type', { 'content-type': 'text/plain' }],
  ])('takes %s', (_, changes) => {
    expect(checkUpgrade(request(changes)).ok).toBe(true)
  })

  it('takes every version of HTTP from 1.1, and one that is not told', () => {
    for (const httpVersion of ['1.1', '2.0', '2', undefined]) {
      expect(checkUpgrade(request({}, { httpVersion })).ok, httpVersion).toBe(true)
    }
  })

  it('answers another method than GET with 405', () => {
    for (const method of ['POST', 'HEAD', 'get', 'CONNECT', '']) {
      const { status, headers, message } = refusal(request({}, { method }))
      expect(status).toBe(405)
      expect(headers).toEqual([['Allow', 'GET']])
      expect(message).toContain(`this one is '${method}'`)
    }
  })

  const UPGRADE_REQUIRED = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Version', '13'],
  ]

  it.each<[string, Changes, string]>([
    ['no Upgrade', { upgrade: null }, 'Upgrade: websocket'],
    ['another Upgrade', { upgrade: 'h2c' }, 'Upgrade: websocket'],
    ['no Connection', { connection: null }, 'Connection: Upgrade'],
    ['another Connection', { connection: 'keep-alive' }, 'Connection: Upgrade'],
    ['no version', { 'sec-websocket-version': null }, 'Sec-WebSocket-Version is missing'],
    ['version 8', { 'sec-websocket-version': '8' }, "Sec-WebSocket-Version is '8'"],
    ['two versions', { 'sec-websocket-version': '13, 13' }, "is '13, 13': it must be 13"],
    ['a padded version', { 'sec-websocket-version': '013' }, "is '013': it must be 13"],
  ])('answers %s with 426 and what to upgrade to', (_, changes, text) => {
    const { status, headers, message } = refusal(request(changes))
    expect(status).toBe(426)
    expect(headers).toEqual(UPGRADE_REQUIRED)
    expect(message).toContain(text)
  })

  it.each<[string, Changes, string]>([
    ['no Host', { host: null }, 'Host is missing'],
    ['an empty Host', { host: '' }, "Host is ''"],
    ['two Hosts', { host: 'a, a' }, "Host is 'a, a'"],
    ['a Host with a path', { host: 'a/admin?' }, "Host is 'a/admin?': it must be a name"],
    ['a Host with a fragment', { host: 'a#' }, "Host is 'a#'"],
    ['a Host with a user', { host: 'ann@a' }, "Host is 'ann@a'"],
    ['a Host that parsers of URLs mend', { host: 'a\\admin' }, "Host is 'a\\\\admin'"],
    ['a Host with a tab', { host: 'a\tb' }, "Host is 'a\\u0009b'"],
    ['a Host with a port that is none', { host: 'a:b' }, "Host is 'a:b'"],
    ['a Host with half an escape', { host: 'a%2' }, "Host is 'a%2'"],
    ['a Host that is no ASCII', { host: 'b\u00fccher' }, "Host is 'b\\u00fccher'"],
    ['no key', { 'sec-websocket-key': null }, 'Sec-WebSocket-Key is missing'],
    ['an empty key', { 'sec-websocket-key': '' }, "Sec-WebSocket-Key is ''"],
    ['a short key', { 'sec-websocket-key': 'AAAA' }, "Sec-WebSocket-Key is 'AAAA'"],
    ['two keys', { 'sec-websocket-key': `${KEY}, ${KEY}` }, 'Sec-WebSocket-Key is'],
    ['a body', { 'content-length': '5' }, 'leave out the header Content-Length'],
    ['a strange length', { 'content-length': '+0' }, 'leave out the header Content-Length'],
    ['two lengths', { 'content-length': '0, 5' }, 'leave out the header Content-Length'],
    [
      'a chunked body',
      { 'transfer-encoding': 'chunked' },
      'leave out the header Transfer-Encoding',
    ],
    ['an empty encoding', { 'transfer-encoding': '' }, 'leave out the header Transfer-Encoding'],
    ['an empty protocol', { 'sec-websocket-protocol': '' }, 'Sec-WebSocket-Protocol is malformed'],
    ['a bad protocol', { 'sec-websocket-protocol': 'a b' }, 'Sec-WebSocket-Protocol is malformed'],
    ['a protocol twice', { 'sec-websocket-protocol': 'a, b, a' }, 'names a subprotocol twice'],
    ['no extension', { 'sec-websocket-extensions': '' }, 'Sec-WebSocket-Extensions is malformed'],
    [
      'a bad extension',
      { 'sec-websocket-extensions': 'a;' },
      'Sec-WebSocket-Extensions is malformed',
    ],
  ])('answers %s with 400', (_, changes, text) => {
    const { status, headers, message } = refusal(request(changes))
    expect(status).toBe(400)
    expect(headers).toEqual([])
    expect(message).toContain(text)
  })

  it.each([
    'a',
    'a.example.',
    'a:8080',
    'a:',
    '127.0.0.1:1',
    '[::1]',
    '[::ffff:1.2.3.4]:80',
    'a_b',
    'b%c3%bc',
  ])('takes the Host %j', (host) => {
    expect(checkUpgrade(request({ host })).ok).toBe(true)
  })

  it('answers a version of HTTP before 1.1 with 400', () => {
    for (const httpVersion of ['1.0', '0.9', '', 'x']) {
      const { status, message } = refusal(request({}, { httpVersion }))
      expect(status).toBe(400)
      expect(message).toContain(`not '${httpVersion}'`)
    }
  })

  it('never throws, and refuses in one line of ASCII', () => {
    const value = fc.option(fc.oneof(anyString, listLike, fc.constantFrom('13', KEY, 'Upgrade')))
    const changes = fc.dictionary(
      fc.constantFrom(
        'upgrade',
        'connection',
        'host',
        'content-length',
        'sec-websocket-key',
        'sec-websocket-version',
        'sec-websocket-protocol',
        'sec-websocket-extensions',
      ),
      value,
      { maxKeys: 2 },
    )
    const start = fc.record({ method: fc.oneof(fc.constant('GET'), anyString) })
    fc.assert(
      fc.property(changes, start, (changes, start) => {
        const check = checkUpgrade(request(changes, start))
        if (!check.ok) expect(check.message).toMatch(/^[ -~]+$/)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('formatUpgrade', () => {
  it('writes the response of the RFC', () => {
    expect(
      formatUpgrade({ key: KEY, protocol: 'chat', headers: { 'X-Room': 'blue' } }, acceptKey),
    ).toBe(
      'HTTP/1.1 101 Switching Protocols\r\n' +
        'Upgrade: websocket\r\n' +
        'Connection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n' +
        'Sec-WebSocket-Protocol: chat\r\n' +
        'X-Room: blue\r\n\r\n',
    )
  })

  it('says of a key what it is told to say', () => {
    const response = formatUpgrade({ key: 'key' }, (key) => `accept ${key}`)
    expect(response).toContain('\r\nSec-WebSocket-Accept: accept key\r\n\r\n')
  })

  it('throws for what would not stay on its line', () => {
    expect(() => formatUpgrade({ key: KEY, headers: { 'X-A': 'b\r\nc' } }, acceptKey)).toThrow(
      "'X-A'",
    )
    expect(() => formatUpgrade({ key: KEY, protocol: 'a\r\nb' }, acceptKey)).toThrow(TypeError)
  })
})

describe('upgradeHeaders', () => {
  it('answers the handshake of the RFC', () => {
    expect(upgradeHeaders({ key: KEY, protocol: 'chat' })).toEqual([
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ['Sec-WebSocket-Protocol', 'chat'],
    ])
  })

  it('says nothing of a subprotocol and extensions when there are none', () => {
    const names = upgradeHeaders({ key: KEY, protocol: '', extensions: [] }).map(([name]) => name)
    expect(names).toEqual(['Upgrade', 'Connection', 'Sec-WebSocket-Accept'])
  })

  it('ends with the extensions and the headers of the user', () => {
    const extensions = [{ name: 'x', parameters: [{ name: 'y', value: '1' }] }]
    const headers = new Headers({ 'set-cookie': 'a=1', 'x-room': '7' })
    expect(upgradeHeaders({ key: KEY, extensions, headers }).slice(3)).toEqual([
      ['Sec-WebSocket-Extensions', 'x; y=1'],
      ['set-cookie', 'a=1'],
      ['x-room', '7'],
    ])
  })

  it('refuses what would break the handshake', () => {
    expect(() => upgradeHeaders({ key: KEY, headers: { Upgrade: 'h2c' } })).toThrow(
      "header 'Upgrade' belongs to the handshake",
    )
    expect(() => upgradeHeaders({ key: KEY, headers: { 'X-A': 'b\r\nc' } })).toThrow("'X-A'")
    expect(() => upgradeHeaders({ key: KEY, protocol: 'a\r\nb' })).toThrow(TypeError)
  })
})

describe('formatResponse', () => {
  it('writes the head of a response', () => {
    expect(formatResponse(101, 'Switching Protocols', [['Upgrade', 'websocket']])).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
    )
  })

  it('keeps the space before a reason that is empty, as RFC 9112 wants it', () => {
    expect(formatResponse(400, '', [])).toBe('HTTP/1.1 400 \r\n\r\n')
  })

  it('refuses what would begin another line', () => {
    expect(() => formatResponse(400, 'a\r\nb', [])).toThrow('the start line')
    expect(() => formatResponse(400, 'a', [['X', 'b\nc']])).toThrow("the value of header 'X'")
    expect(() => formatResponse(400, 'a', [['X: b\r\nY', 'c']])).toThrow(
      "cannot be a header's name",
    )
  })
})
