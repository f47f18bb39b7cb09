import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { messageSource, type UpgradeSource } from '../../../src/node/upgrade/upgrade-source.ts'
import { requestOf, upgradeRequest } from '../../../src/websocket/request/upgrade-request.ts'

function message(
  fields: readonly string[],
  { url, method, socket = new Socket() }: { url?: string; method?: string; socket?: Socket } = {},
): IncomingMessage {
  const incoming = new IncomingMessage(socket)
  incoming.rawHeaders = [...fields]
  incoming.httpVersion = '1.1'
  if (url !== undefined) incoming.url = url
  else delete incoming.url
  if (method !== undefined) incoming.method = method
  else delete incoming.method
  return incoming
}

describe.each([
  { title: 'what a request says', compact: false },
  { title: 'what a request said that is kept as one string', compact: true },
])('$title', ({ compact }) => {
  function upgradeSource(incoming: IncomingMessage): UpgradeSource {
    const source = messageSource(incoming)
    if (compact) source.compact()
    return source
  }

  test('is method, version and an absolute URL', () => {
    const source = upgradeSource(
      message(['Host', 'a.example:8080'], { url: '/b?c', method: 'GET' }),
    )
    expect([source.method, source.httpVersion, source.url]).toEqual([
      'GET',
      '1.1',
      'http://a.example:8080/b?c',
    ])
  })

  test('has the path without query, fragment and host', () => {
    const paths = ['/', '/b?c/d', '/b#c?d', '//b.example/c'].map(
      (url) => upgradeSource(message(['Host', 'a.example'], { url })).path,
    )
    expect(paths).toEqual(['/', '/b', '/b', '//b.example/c'])
  })

  test.each([
    ['/a/../b', '/b'],
    ['/a/%2e%2E/./b?c=/../d', '/b?c=/../d'],
    ['/../b/.', '/b/'],
    ['/a/..', '/'],
    ['//a/../../b', '/b'],
    ['/a\\..\\b', '/b'],
    ['http://b.example/a/../b', 'http://b.example/b'],
    ['HTTP://b.example/./b', 'HTTP://b.example/b'],
  ])('has a path that is resolved as URLs are: %s', (url, resolved) => {
    const source = upgradeSource(message(['Host', 'a.example'], { url }))
    const whole = resolved.startsWith('/') ? `http://a.example${resolved}` : resolved
    expect(source.url).toBe(whole)
    expect(new URL(source.raw().url).href).toBe(new URL(whole).href)
    expect(requestOf(source.raw()).path).toBe(upgradeRequest(source).path)
  })

  test.each([
    '/.a/b..',
    '/a/.../b',
    '/a?/../b',
    '/a..b',
    '/a"b',
    '/%2f..%2fb',
    '//b.example/c',
    '*',
    '\\..',
  ])('has the path as it was sent: %s', (url) => {
    const { url: whole } = upgradeSource(message(['Host', 'a.example'], { url }))
    expect(whole).toBe(url.startsWith('/') ? `http://a.example${url}` : url)
  })

  test('is of https where there is TLS', () => {
    const socket = new TLSSocket(new Socket())
    const source = upgradeSource(message(['Host', 'a.example'], { url: '/b', socket }))
    expect(source.url).toBe('https://a.example/b')
  })

  test('knows the address of the other end of its stream', () => {
    const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '192.0.2.7' })
    const { stream, peer } = upgradeSource(message([], { socket }))
    expect([stream, peer.remoteAddress]).toEqual([socket, '192.0.2.7'])
  })

  test('has defaults for what is missing', () => {
    const source = upgradeSource(message([]))
    expect([source.method, source.url]).toEqual(['GET', 'http://localhost/'])
    expect([source.path, [...source.headers()]]).toEqual(['/', []])
  })

  test('is an absolute target as it stands', () => {
    const source = upgradeSource(message(['Host', 'a.example'], { url: 'http://b.example/c' }))
    expect([source.url, source.path]).toEqual(['http://b.example/c', undefined])
  })

  test('has headers by name, in any case, several joined', () => {
    const source = upgradeSource(
      message(['X-One', '1', 'x-two', 'a: b', 'X-ONE', '2', 'X-Empty', '', 'X-One-More', '3']),
    )
    expect(source.header('x-one')).toBe('1, 2')
    expect(source.header('X-One')).toBe('1, 2')
    expect(source.header('x-two')).toBe('a: b')
    expect(source.header('x-empty')).toBe('')
    expect(source.header('one')).toBeNull()
    expect(source.header('a')).toBeNull()
    expect(source.header('x-three')).toBeNull()
    expect([...source.headers()]).toEqual([
      ['x-empty', ''],
      ['x-one', '1, 2'],
      ['x-one-more', '3'],
      ['x-two', 'a: b'],
    ])
  })

  test('makes a platform request', () => {
    const raw = upgradeSource(message(['Host', 'a.example', 'X-One', '1'], { url: '/b' })).raw()
    expect([raw.method, raw.url, raw.headers.get('x-one')]).toEqual([
      'GET',
      'http://a.example/b',
      '1',
    ])
  })
})
