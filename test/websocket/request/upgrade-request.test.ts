import { describe, expect, it } from 'vitest'
import { requestKey } from '../../../src/websocket/request/request-key.ts'
import { requestOf, upgradeRequest } from '../../../src/websocket/request/upgrade-request.ts'

const URL = 'https://example.com/rooms/a%20b?page=2#top'

describe('a request', () => {
  it('shows method, URL, path and headers', () => {
    const raw = new Request(URL, { headers: { 'X-User': 'ann' } })
    const request = requestOf(raw)
    expect(request).toMatchObject({ method: 'GET', path: '/rooms/a%20b', params: {} })
    expect(request.url).toBe(raw.url)
    expect(request.header('x-user')).toBe('ann')
    expect(request.header('x-none')).toBeNull()
    expect(request.headers.get('x-user')).toBe('ann')
    expect(request.raw).toBe(raw)
  })

  it.each([
    ['http://h', '/'],
    ['http://h/', '/'],
    ['http://h?x=/y', '/'],
    ['http://h#/y', '/'],
    ['http://h:80/a/b', '/a/b'],
    ['http://h/a?b/c#d', '/a'],
    ['http://h/a#d?e', '/a'],
    ['http://h/a:b@c//d', '/a:b@c//d'],
    ['/a/b?c', '/a/b'],
    ['http://h/a/../b/./%2E%2e/c', '/c'],
    ['http://a host/b', '/b'],
  ])('of %s has the path %s', (url, path) => {
    expect(requestOf(new Request('http://localhost/')).withUrl(url).path).toBe(path)
  })

  it('asks its source for what is costly at most once, and only when it is needed', () => {
    const asked: string[] = []
    const request = upgradeRequest({
      method: 'GET',
      url: URL,
      header: (name) => `value of ${name}`,
      headers() {
        asked.push('headers')
        return new Headers()
      },
      raw() {
        asked.push('raw')
        return new Request(URL)
      },
    })
    expect(request.header('a')).toBe('value of a')
    const copies = [request, request.with(requestKey('a'), 1), request.withParams({ id: '7' })]
    expect(asked).toEqual([])
    for (const copy of [...copies, ...copies]) {
      expect(copy.headers).toBe(request.headers)
      expect(copy.raw).toBe(request.raw)
    }
    expect(asked).toEqual(['headers', 'raw'])
  })

  it('is not changed by what its copies hold', () => {
    const key = requestKey<number>('n', { value: 0 })
    const request = requestOf(new Request(URL))
    const one = request.with(key, 1)
    const two = one.with(key, 2).withParams({ id: '7' }).withParams({ name: 'x' })
    expect([request.get(key), one.get(key), two.get(key)]).toEqual([0, 1, 2])
    expect([request.params, two.params]).toEqual([{}, { id: '7', name: 'x' }])
  })
})

describe('the address of the peer', () => {
  const peer = { remoteAddress: '192.0.2.7' }

  it('is what the source tells, and undefined when it tells nothing', () => {
    const headers = { 'X-Forwarded-For': '192.0.2.1', Forwarded: 'for=192.0.2.1' }
    const raw = new Request(URL, { headers })
    expect(requestOf(raw, peer).remoteAddress).toBe('192.0.2.7')
    expect(requestOf(raw, {}).remoteAddress).toBeUndefined()
    expect(requestOf(raw).remoteAddress).toBeUndefined()
  })

  it('stays with every copy', () => {
    const request = requestOf(new Request(URL), peer)
    const copies = [
      request.with(requestKey('a'), 1),
      request.withParams({ id: '7' }),
      request.withUrl('http://other/'),
      request.withHeader('x-a', '1'),
      request.withHeader('x-a', '1').withUrl('http://other/').withHeader('x-a', null),
    ]
    expect(copies.map((copy) => copy.remoteAddress)).toEqual(copies.map(() => '192.0.2.7'))
  })

  it('is not asked for before somebody wants it', () => {
    let asked = 0
    const request = requestOf(new Request(URL), {
      get remoteAddress() {
        asked += 1
        return '192.0.2.7'
      },
    })
    const copy = request.withUrl('http://other/').withHeader('x-a', '1').withParams({ id: '7' })
    expect(asked).toBe(0)
    expect([copy.remoteAddress, asked]).toEqual(['192.0.2.7', 1])
  })
})

describe('a request with another URL', () => {
  it('keeps method, headers, parameters and values', () => {
    const key = requestKey<string>('user')
    const request = requestOf(new Request(URL, { headers: { 'X-User': 'ann' } }))
      .with(key, 'ann')
      .withParams({ id: '7' })
      .withUrl('http://other/x?y=1')
    expect(request).toMatchObject({ method: 'GET', url: 'http://other/x?y=1', path: '/x' })
    expect(request.params).toEqual({ id: '7' })
    expect(request.get(key)).toBe('ann')
    expect(request.header('x-user')).toBe('ann')
    expect(request.headers.get('x-user')).toBe('ann')
    expect(request.raw.url).toBe('http://other/x?y=1')
    expect(request.raw.headers.get('x-user')).toBe('ann')
  })

  it('can be read, and so can the one it was made from', async () => {
    const raw = new Request(URL, { method: 'POST', body: 'content' })
    const request = requestOf(raw).withUrl('http://other/')
    expect(request.raw.method).toBe('POST')
    expect(await request.raw.text()).toBe('content')
    expect(await raw.text()).toBe('content')
  })
})

describe('a request with another header', () => {
  const request = requestOf(new Request(URL, { headers: { 'X-A': '1', 'X-B': '2' } }))

  it('has it set, in all its views', () => {
    const changed = request.withHeader('x-a', 'one')
    expect(changed.header('X-A')).toBe('one')
    expect(changed.headers.get('x-a')).toBe('one')
    expect(changed.raw.headers.get('x-a')).toBe('one')
    expect(changed.raw.headers.get('x-b')).toBe('2')
    expect(changed.url).toBe(request.url)
    expect(request.header('x-a')).toBe('1')
  })

  it('has it removed with null', () => {
    const changed = request.withHeader('X-A', null)
    expect(changed.header('x-a')).toBeNull()
    expect(changed.raw.headers.has('x-a')).toBe(false)
    expect(changed.header('x-b')).toBe('2')
  })

  it('is refused what a header cannot hold', () => {
    expect(() => request.withHeader('x y', '1')).toThrow(TypeError)
    expect(() => request.withHeader('x', 'a\r\nb: c')).toThrow(TypeError)
  })

  it('keeps what further changes leave alone', () => {
    const changed = request.withHeader('x-a', 'one').withUrl('http://other/').withHeader('x-c', '3')
    expect([...changed.raw.headers]).toEqual([
      ['x-a', 'one'],
      ['x-b', '2'],
      ['x-c', '3'],
    ])
    expect(changed.raw.url).toBe('http://other/')
  })
})
