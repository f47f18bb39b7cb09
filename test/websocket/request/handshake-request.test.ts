import { describe, expect, test } from 'vitest'
import { clientHandshake } from '../../../src/protocol/handshake/client-handshake.ts'
import { requestOfHandshake } from '../../../src/websocket/request/handshake-request.ts'
import { KEY } from '../../support/raw-client.ts'

const handshakeOf = (url: string, headers?: HeadersInit) =>
  requestOfHandshake(clientHandshake({ url, key: KEY, headers }))

describe('the request of a handshake', () => {
  test.each([
    ['ws://a.example/b?c=d', 'http://a.example/b?c=d'],
    ['wss://a.example:8443/', 'https://a.example:8443/'],
    ['http://a.example/', 'http://a.example/'],
    ['https://a.example/', 'https://a.example/'],
  ])('to %s has the URL %s', (url, expected) => {
    const request = handshakeOf(url)
    expect([request.method, request.url]).toEqual(['GET', expected])
  })

  test('has credentials in a header, and not in its URL', () => {
    const request = handshakeOf('ws://ann:s3cret@a.example/')
    expect(request.url).toBe('http://a.example/')
    expect(request.header('authorization')).toBe('Basic YW5uOnMzY3JldA==')
  })

  test('has the headers that are sent', () => {
    const request = handshakeOf('ws://a.example/', [
      ['X-One', '1'],
      ['X-One', '2'],
    ])
    expect(request.header('x-one')).toBe('1, 2')
    expect(request.header('sec-websocket-key')).toBe(KEY)
    expect(request.headers.get('host')).toBe('a.example')
    expect(request.headers.get('x-one')).toBe('1, 2')
    expect(request.headers).toBe(request.headers)
  })

  test('is a platform request, too', () => {
    const { raw } = handshakeOf('ws://a.example/b', { 'x-one': '1' })
    expect([raw.method, raw.url, raw.headers.get('x-one')]).toEqual([
      'GET',
      'http://a.example/b',
      '1',
    ])
  })
})
