import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptKey, newKey } from '../../../src/protocol/handshake/accept-key.ts'
import {
  type ClientHandshakeOptions,
  clientHandshake,
  formatRequest,
  type HandshakeResponse,
  type UpgradeVerification,
  verifyNegotiated,
  verifyUpgrade,
} from '../../../src/protocol/handshake/client-handshake.ts'
import { checkUpgrade, upgradeHeaders } from '../../../src/protocol/handshake/server-handshake.ts'
import { fieldValue } from '../../../src/protocol/headers/header-field.ts'
import { anyString, extensionHeader, listLike, token } from '../../support/header-arbitraries.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

function handshake(options: Partial<ClientHandshakeOptions> = {}) {
  return clientHandshake({ url: 'ws://server.example.com/chat', key: KEY, ...options })
}

describe('clientHandshake', () => {
  it('is the handshake of RFC 6455, section 1.2', () => {
    const { method, target, headers } = handshake({ protocols: ['chat', 'superchat'] })
    expect(formatRequest(method, target, headers)).toBe(
      'GET /chat HTTP/1.1\r\n' +
        'Host: server.example.com\r\n' +
        'Upgrade: websocket\r\n' +
        'Connection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Protocol: chat, superchat\r\n' +
        '\r\n',
    )
  })

  it('offers extensions and adds the headers of the user', () => {
    const extensions = [
      { name: 'x', parameters: [{ name: 'y', value: '1' }] },
      { name: 'x', parameters: [] },
    ]
    const sent = handshake({ extensions, headers: { Cookie: 'a=1', Origin: 'http://a' } })
    expect(sent.headers.slice(5)).toEqual([
      ['Sec-WebSocket-Extensions', 'x; y=1, x'],
      ['Cookie', 'a=1'],
      ['Origin', 'http://a'],
    ])
    expect(sent.extensions).toEqual(extensions)
  })

  it.each([
    ['ws://a', '/', 'a'],
    ['ws://a:80/b', '/b', 'a'],
    ['wss://a:443/b?c=d%20e', '/b?c=d%20e', 'a'],
    ['wss://a:80/', '/', 'a:80'],
    ['http://a:8080/?', '/', 'a:8080'],
    ['https://u:p@a/é b', '/%C3%A9%20b', 'a'],
    ['ws://[::1]:9000/', '/', '[::1]:9000'],
    ['ws://EXAMPLE.com/A', '/A', 'example.com'],
  ])('asks %s for %s at %s', (url, target, host) => {
    const sent = handshake({ url })
    expect(sent.target).toBe(target)
    expect(sent.headers[0]).toEqual(['Host', host])
    expect(handshake({ url: new URL(url) }).headers).toEqual(sent.headers)
  })

  it('makes Authorization from the credentials of the URL, unless there is one', () => {
    const url = 'ws://Aladdin:open%20sesame@a/'
    expect(fieldValue(handshake({ url }).headers, 'authorization')).toBe(
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    )
    const headers = { authorization: 'Bearer x' }
    expect(fieldValue(handshake({ url, headers }).headers, 'authorization')).toBe('Bearer x')
  })

  it('takes a Host of the user in place of its own', () => {
    const { headers } = handshake({ headers: { 'X-A': '1', host: 'virtual.example' } })
    expect(headers[0]).toEqual(['Host', 'virtual.example'])
    expect(fieldValue(headers, 'host')).toBe('virtual.example')
  })

  it.each<[string, Partial<ClientHandshakeOptions>, string]>([
    ['a fragment', { url: 'ws://a/#b' }, 'has a fragment'],
    ['another scheme', { url: 'ftp://a/' }, "has the scheme 'ftp:'"],
    ['a key that is none', { key: 'x' }, "the key 'x' is not 16 bytes"],
    ['a bad subprotocol', { protocols: ['a b'] }, "'a b' cannot be a subprotocol"],
    ['a subprotocol twice', { protocols: ['a', 'a'] }, "'a' is given twice"],
    ['a bad offer', { extensions: [{ name: 'a b', parameters: [] }] }, "'a b' cannot be"],
    ['a header of its own', { headers: { Connection: 'close' } }, "header 'Connection' belongs"],
    ['a header that is two', { headers: { 'X-A': 'a\r\nb' } }, "the value of header 'X-A'"],
    [
      'two Hosts',
      {
        headers: [
          ['Host', 'a'],
          ['host', 'b'],
        ],
      },
      "the header 'Host' is given twice",
    ],
  ])('refuses %s and names it', (_, options, message) => {
    expect(() => handshake(options)).toThrow(TypeError)
    expect(() => handshake(options)).toThrow(message)
  })
})

describe('verifyUpgrade', () => {
  const sent = handshake({
    protocols: ['chat', 'superchat'],
    extensions: [
      { name: 'x', parameters: [] },
      { name: 'y', parameters: [] },
    ],
  })

  function response(
    changes: Readonly<Record<string, string | null>> = {},
    status = 101,
  ): HandshakeResponse {
    const headers: Readonly<Record<string, string | null>> = {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      ...changes,
    }
    return { status, header: (name) => headers[name] ?? null }
  }

  it('takes the bare answer, whatever was offered', () => {
    expect(verifyUpgrade(response(), sent)).toEqual({ ok: true, protocol: '', extensions: [] })
  })

  it('takes a subprotocol and extensions that were offered', () => {
    const answer = response({
      upgrade: 'WebSocket',
      connection: 'keep-alive, upgrade',
      'sec-websocket-protocol': 'superchat',
      'sec-websocket-extensions': 'y; z="1", x',
    })
    expect(verifyUpgrade(answer, sent)).toEqual({
      ok: true,
      protocol: 'superchat',
      extensions: [
        { name: 'y', parameters: [{ name: 'z', value: '1' }] },
        { name: 'x', parameters: [] },
      ],
    })
  })

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['no Upgrade', { upgrade: null }, 'Upgrade header is missing'],
    ['another Upgrade', { upgrade: 'h2c' }, "Upgrade header is 'h2c'"],
    ['several Upgrades', { upgrade: 'websocket, h2c' }, "Upgrade header is 'websocket, h2c'"],
    ['no Connection', { connection: null }, 'Connection header is missing'],
    ['another Connection', { connection: 'close' }, "Connection header is 'close'"],
    ['no accept key', { 'sec-websocket-accept': null }, 'Sec-WebSocket-Accept is missing'],
    [
      'the key in place of its answer',
      { 'sec-websocket-accept': KEY },
      `is '${KEY}': it must be 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='`,
    ],
    [
      'the accept key in lower case',
      { 'sec-websocket-accept': 's3pplmbitxaq9kygzzhzrbk+xoo=' },
      'Sec-WebSocket-Accept is',
    ],
    ['another subprotocol', { 'sec-websocket-protocol': 'x' }, "Sec-WebSocket-Protocol is 'x'"],
    ['another case of one', { 'sec-websocket-protocol': 'Chat' }, "is 'Chat'"],
    ['no subprotocol, said', { 'sec-websocket-protocol': '' }, "Sec-WebSocket-Protocol is ''"],
    [
      'several subprotocols',
      { 'sec-websocket-protocol': 'chat, superchat' },
      "Sec-WebSocket-Protocol is 'chat, superchat'",
    ],
    ['a malformed extension', { 'sec-websocket-extensions': 'x;' }, "is 'x;', which is malformed"],
    ['no extension, said', { 'sec-websocket-extensions': '' }, "is '', which is malformed"],
    ['another extension', { 'sec-websocket-extensions': 'x, z' }, "'z', which was not offered"],
    ['an extension twice', { 'sec-websocket-extensions': 'x, y, x' }, "extension 'x' twice"],
  ])('refuses %s', (_, changes, message) => {
    const verification = verifyUpgrade(response(changes), sent)
    expect(verification).toMatchObject({ ok: false })
    expect(verification).toHaveProperty('message', expect.stringContaining(message))
  })

  it('refuses every status but 101', () => {
    for (const status of [100, 102, 200, 301, 403, 426, 500]) {
      expect(verifyUpgrade(response({}, status), sent)).toEqual({
        ok: false,
        message: `the server answered with status ${status}, not 101`,
      })
    }
  })

  it('refuses a subprotocol and an extension when none was offered', () => {
    const bare = handshake()
    expect(verifyUpgrade(response({ 'sec-websocket-protocol': 'chat' }), bare).ok).toBe(false)
    expect(verifyUpgrade(response({ 'sec-websocket-extensions': 'x' }), bare).ok).toBe(false)
  })

  it('never throws, and refuses in one line of ASCII', () => {
    const value = fc.option(fc.oneof(anyString, listLike))
    const changes = fc.dictionary(
      fc.constantFrom(
        'upgrade',
        'connection',
        'sec-websocket-accept',
        'sec-websocket-protocol',
        'sec-websocket-extensions',
      ),
      value,
      { maxKeys: 2 },
    )
    fc.assert(
      fc.property(changes, (changes) => {
        const verification = verifyUpgrade(response(changes), sent)
        if (!verification.ok) expect(verification.message).toMatch(/^[ -~]+$/)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a client and a server', () => {
  it('understand each other, whatever they offer and choose', () => {
    const options = fc.record({
      protocols: fc.uniqueArray(token, { maxLength: 4 }),
      extensions: fc.uniqueArray(extensionHeader, { maxLength: 4, selector: ({ name }) => name }),
    })
    fc.assert(
      fc.property(options, fc.nat(), (offered, choice) => {
        const key = newKey()
        const sent = handshake({ key, ...offered })
        const check = checkUpgrade({
          method: sent.method,
          httpVersion: '1.1',
          header: (name) => fieldValue(sent.headers, name),
        })
        expect(check).toEqual({ ok: true, key, ...offered })
        const protocol = offered.protocols[choice % (offered.protocols.length + 1)] ?? ''
        const extensions = offered.extensions.slice(choice % (offered.extensions.length + 1))
        const headers = upgradeHeaders({ key, protocol, extensions })
        expect(fieldValue(headers, 'sec-websocket-accept')).toBe(acceptKey(key))
        const answer = { status: 101, header: (name: string) => fieldValue(headers, name) }
        expect(verifyUpgrade(answer, sent)).toEqual({ ok: true, protocol, extensions })
      }),
    )
  })
})

it('over HTTP/2, verifyNegotiated looks at the subprotocol and the extensions alone', () => {
  const sent = { protocols: ['chat'], extensions: [{ name: 'x', parameters: [] }] }
  const verify = (headers: Readonly<Record<string, string>>): UpgradeVerification =>
    verifyNegotiated({ header: (name) => headers[name] ?? null }, sent)
  expect(verify({})).toEqual({ ok: true, protocol: '', extensions: [] })
  expect(verify({ 'sec-websocket-protocol': 'chat' })).toMatchObject({ protocol: 'chat' })
  expect(verify({ 'sec-websocket-protocol': 'talk' }).ok).toBe(false)
  expect(verify({ 'sec-websocket-extensions': 'y' }).ok).toBe(false)
})
