import { describe, expect, test } from 'vitest'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import { requestOf, upgradeRequest } from '../../src/websocket/request/upgrade-request.ts'

const principal = requestKey<string>('principal')

describe('a request with another url or header', () => {
  test('keeps its parameters, what was put into it, and the rest', () => {
    const request = requestOf(new Request('http://a.org/x?y=1', { headers: { 'x-a': '1' } }))
      .withParams({ id: '7' })
      .with(principal, 'ann')
    const edited = request.withUrl('http://b.org/z').withHeader('X-B', '2').withHeader('x-a', null)
    expect(edited.url).toBe('http://b.org/z')
    expect(edited.path).toBe('/z')
    expect(edited.params.id).toBe('7')
    expect(edited.get(principal)).toBe('ann')
    expect([edited.header('x-a'), edited.header('x-b')]).toEqual([null, '2'])
    expect([...edited.headers]).toEqual([['x-b', '2']])
    expect(request.url).toBe('http://a.org/x?y=1')
    expect([...request.headers]).toEqual([['x-a', '1']])
  })

  test('has a platform request that agrees, made when asked', async () => {
    let made = 0
    const raw = new Request('http://a.org/x', { method: 'POST', body: 'hello' })
    const request = upgradeRequest({
      method: raw.method,
      url: raw.url,
      header: (name) => raw.headers.get(name),
      headers: () => raw.headers,
      raw: () => {
        made++
        return raw
      },
    })
    const edited = request.withHeader('x-a', '1').withUrl('http://a.org/y')
    expect(made).toBe(0)
    expect(edited.raw).toBe(edited.raw)
    expect(edited.raw.method).toBe('POST')
    expect(edited.raw.url).toBe('http://a.org/y')
    expect(edited.raw.headers.get('x-a')).toBe('1')
    expect(await edited.raw.text()).toBe('hello')
    expect(await request.raw.text()).toBe('hello')
    expect(made).toBe(1)
  })

  test('aborts with the request it came from', () => {
    const controller = new AbortController()
    const request = requestOf(new Request('http://a.org/', { signal: controller.signal }))
    const { signal } = request.withHeader('x-a', '1').raw
    controller.abort()
    expect(signal.aborted).toBe(true)
  })

  test('refuses what a header cannot hold', () => {
    const request = requestOf(new Request('http://a.org/'))
    expect(() => request.withHeader('x-a', 'a\nb')).toThrow(TypeError)
    expect(() => request.withHeader('x a', 'b')).toThrow(TypeError)
  })
})
