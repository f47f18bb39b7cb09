import { describe, expect, test } from 'vitest'
import { platformRequest } from '../../src/client/platform-request.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'

const URL_TEXT = 'http://example.org:8080/a%20b/c?d=e'

describe('the request of a platform', () => {
  test('has what every request has, and no headers', () => {
    const request = platformRequest(URL_TEXT, {})
    const whole = requestOf(new Request(URL_TEXT))
    for (const name of ['method', 'url', 'path', 'params', 'remoteAddress'] as const) {
      expect(request[name]).toEqual(whole[name])
    }
    expect([...request.headers]).toEqual([])
    expect(request.header('host')).toBeNull()
    expect([request.raw.url, request.raw.method]).toEqual([URL_TEXT, 'GET'])
  })

  test('holds values by key in its copies, the newest first', () => {
    const [user, trace] = [requestKey<string>('user'), requestKey<number>('trace')]
    const level = requestKey<number>('level', { value: 1 })
    const request = platformRequest(URL_TEXT, {})
    const copy = request.with(user, 'ann').with(trace, 7).with(user, 'bob').with(level, 2)
    expect([copy.get(user), copy.get(trace), copy.get(level)]).toEqual(['bob', 7, 2])
    expect(request.get(level)).toBe(1)
    expect(() => request.get(user)).toThrow("the request holds nothing under the key 'user'")
  })

  test('keeps what is falsy, too', () => {
    const key = requestKey<string | undefined>('key', { value: 'fallback' })
    expect(platformRequest(URL_TEXT, {}).with(key, undefined).get(key)).toBeUndefined()
    expect(platformRequest(URL_TEXT, {}).with(key, '').get(key)).toBe('')
  })

  test('is copied with other headers, parameters or another URL, all else kept', () => {
    const user = requestKey<string>('user')
    const request = platformRequest(URL_TEXT, {}).with(user, 'ann')
    const copy = request
      .withHeader('X-A', '1')
      .withHeader('X-B', '2')
      .withHeader('x-a', null)
      .withParams({ room: 'a' })
      .withParams({ seat: 'b' })
      .withUrl('http://example.org/f')
    expect([...copy.headers]).toEqual([['x-b', '2']])
    expect([copy.header('X-B'), copy.raw.headers.get('x-b')]).toEqual(['2', '2'])
    expect(copy.params).toEqual({ room: 'a', seat: 'b' })
    expect([copy.url, copy.path, copy.raw.url]).toEqual([
      'http://example.org/f',
      '/f',
      'http://example.org/f',
    ])
    expect(copy.get(user)).toBe('ann')
    expect([request.url, request.params, [...request.headers]]).toEqual([URL_TEXT, {}, []])
    expect(() => request.withHeader('a b', '1')).toThrow(TypeError)
  })
})
