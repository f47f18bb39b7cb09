import { describe, expect, test } from 'vitest'
import { bind } from '../../../src/routing/bind.ts'
import { routes } from '../../../src/routing/http-router.ts'
import { poly } from '../../../src/routing/poly.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../../src/websocket/errors.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import { requestKey } from '../../../src/websocket/request/request-key.ts'
import { requestOf } from '../../../src/websocket/request/upgrade-request.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { CountedExtension } from '../../support/counted-extension.ts'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

const texts = (client: WsClient): string[] =>
  [...client.received()].map((message) => message.text())

async function refusal(client: WsClient): Promise<WebSocketUpgradeException> {
  const error: unknown = await client.opened.then(undefined, (reason) => reason)
  if (error instanceof WebSocketUpgradeException) return error
  throw new Error(`not refused: ${String(error)}`)
}

describe('a test client of synchronous handlers', () => {
  test('has what the application sends when send returns', () => {
    const client = testWsClient(echo)
    client.send('a')
    expect(texts(client)).toEqual(['a'])
    client.send('b')
    client.send('c')
    expect(texts(client)).toEqual(['b', 'c'])
  })

  test('does not hear its own messages', () => {
    const heard: string[] = []
    const client = testWsClient(() => (socket) => {
      socket.onMessage((message) => heard.push(message.text()))
    })
    client.send('a')
    expect([texts(client), heard]).toEqual([[], ['a']])
  })

  test('has what the application said when it opened', () => {
    const client = testWsClient(() => (socket) => {
      socket.send('welcome')
      socket.send('friend')
    })
    expect(texts(client)).toEqual(['welcome', 'friend'])
  })

  test('has the end when close returns, and so has the application', async () => {
    const ends: number[] = []
    const handler: WsHandler = () => (socket) => socket.onClose(({ code }) => ends.push(code))
    const client = testWsClient(handler)
    client.close()
    expect(ends).toEqual([1000])
    expect((await client.closed).code).toBe(1000)
    testWsClient(handler).terminate()
    expect(ends).toEqual([1000, 1006])
  })

  test('ends received as the application closed', () => {
    expect(texts(testWsClient(() => (socket) => socket.close()))).toEqual([])
    const client = testWsClient(
      () => (socket) => {
        socket.onMessage(() => {
          throw new Error('oops')
        })
      },
      '/',
      { webSockets: { onError() {} } },
    )
    client.send('a')
    expect(() => texts(client)).toThrow('INTERNAL_ERROR')
  })

  test('leaves no timer behind', () => {
    const clock = new VirtualClock()
    const client = testWsClient(echo, '/', { clock, pingInterval: 1_000 })
    expect(clock.pending).toBe(1)
    clock.advance(1_000)
    client.close()
    expect(clock.pending).toBe(0)
  })

  test('turns the clock of the application, unless that has one', () => {
    const clock = new VirtualClock()
    testWsClient(echo, '/', { clock, webSockets: { pingInterval: 1_000 } })
    expect(clock.pending).toBe(1)
    const other = new VirtualClock()
    testWsClient(echo, '/', { clock, webSockets: { clock: other, pingInterval: 1_000 } })
    expect([clock.pending, other.pending]).toEqual([1, 1])
  })
})

describe('a test client of asynchronous handlers', () => {
  const later: WsHandler = async () => async (socket) => {
    socket.send('welcome')
    socket.onMessage((message) => socket.send(message))
  }

  test('holds what is sent until it is open', async () => {
    const client = testWsClient(later)
    client.send('a')
    expect(texts(client)).toEqual([])
    await client.opened
    await Promise.resolve()
    expect(texts(client)).toEqual(['welcome', 'a'])
  })

  test('can be given up before: the application never hears of it', async () => {
    let consumed = false
    const client = testWsClient(async () => () => {
      consumed = true
    })
    client.close()
    await expect(client.opened).rejects.toMatchObject({ stage: 'aborted' })
    expect([(await client.closed).code, consumed]).toEqual([-1, false])
  })
})

describe('what the application sees', () => {
  const seen = (
    request: Parameters<typeof testWsClient>[1],
    options?: Parameters<typeof testWsClient>[2],
  ): unknown => {
    const client = testWsClient(
      ({ method, url, headers }) =>
        (socket) => {
          const { url: own } = socket.upgradeRequest
          socket.send(JSON.stringify([method, url, headers.get('x-one'), own === url]))
        },
      request,
      options,
    )
    return JSON.parse(texts(client)[0]!)
  }

  test.each<[string, Parameters<typeof testWsClient>[1], string]>([
    ['a path', '/a?b', 'http://localhost/a?b'],
    ['a URL as text', 'wss://a.example/b', 'https://a.example/b'],
    ['a URL', new URL('ws://a.example/b'), 'http://a.example/b'],
    ['a request', new Request('http://a.example/b'), 'http://a.example/b'],
    ['a request of ours', requestOf(new Request('http://a.example/b')), 'http://a.example/b'],
    ['nothing', undefined, 'http://localhost/'],
  ])('of %s', (_, request, url) => {
    expect(seen(request)).toEqual(['GET', url, null, true])
  })

  test('has the headers of the request and of the options, the latter first', () => {
    const request = new Request('http://localhost/', { headers: { 'x-one': '1' } })
    expect(seen(request)).toEqual(['GET', 'http://localhost/', '1', true])
    expect(seen(request, { headers: { 'x-one': '2' } })).toEqual([
      'GET',
      'http://localhost/',
      '2',
      true,
    ])
  })

  test('has the keys that are in the request', () => {
    const user = requestKey<string>('user')
    const request = requestOf(new Request('http://localhost/')).with(user, 'ann')
    const client = testWsClient((seen) => (socket) => socket.send(seen.get(user)), request)
    expect(texts(client)).toEqual(['ann'])
  })

  test('has the headers and subprotocols of the options in a request of ours, too', () => {
    const names = ['x-one', 'x-two', 'upgrade', 'sec-websocket-protocol']
    const handler: WsHandler = (request) => {
      const { raw } = request
      const both = names.map((name) => [request.header(name), raw.headers.get(name)])
      return accept((socket) => void socket.send(JSON.stringify(both)), { protocol: 'v1' })
    }
    const headers = { 'x-one': '1', 'x-two': 'old', 'sec-websocket-protocol': 'v2' }
    const request = requestOf(new Request('http://localhost/', { headers }))
    const client = testWsClient(handler, request, { headers: { 'x-two': '2' }, protocols: 'v1' })
    const both = ['1', '2', 'websocket', 'v1'].map((value) => [value, value])
    expect(texts(client)).toEqual([JSON.stringify(both)])
    expect(request.header('x-two')).toBe('old')
  })

  test('has the address of the peer that is given; the client has none', async () => {
    const handler: WsHandler = (request) => (socket) => socket.send(`${request.remoteAddress}`)
    const client = testWsClient(handler, '/', { remoteAddress: '192.0.2.7' })
    expect(texts(client)).toEqual(['192.0.2.7'])
    expect((await client.opened).upgradeRequest.remoteAddress).toBeUndefined()
    expect(texts(testWsClient(handler))).toEqual(['undefined'])
    const own = requestOf(new Request('http://localhost/'), { remoteAddress: '192.0.2.8' })
    expect(texts(testWsClient(handler, own, { remoteAddress: '192.0.2.7' }))).toEqual(['192.0.2.8'])
  })

  test('has the subprotocols that are offered', () => {
    const handler: WsHandler = (request) =>
      accept((socket) => void socket.send(request.header('sec-websocket-protocol') ?? 'none'), {
        protocol: 'v2',
      })
    for (const protocols of ['v2', ['v2'], ['v1', 'v2']]) {
      const client = testWsClient(handler, '/', { protocols })
      expect([client.protocol, texts(client)]).toEqual(['v2', [[protocols].flat().join(', ')]])
    }
    const request = new Request('http://localhost/', {
      headers: { 'sec-websocket-protocol': 'v1,v2' },
    })
    expect(testWsClient(handler, request).protocol).toBe('v2')
    expect(testWsClient(handler, request, { protocols: 'v2' }).protocol).toBe('v2')
  })
})

describe('an upgrade that the application does not take', () => {
  test('rejects opened with the status, headers and body', async () => {
    const headers = { 'www-authenticate': 'Basic' }
    const client = testWsClient(() => new Response('who?', { status: 401, headers }))
    const error = await refusal(client)
    expect([error.status, error.body, error.headers.get('www-authenticate')]).toEqual([
      401,
      'who?',
      'Basic',
    ])
    expect(error.message).toBe('the application answered 401, not 101: who?')
    expect((await client.closed).code).toBe(-1)
  })

  test('is a 404 where no route has the path', async () => {
    const app = poly(routes(), websockets(bind('/a', echo)))
    expect((await refusal(testWsClient(app, '/b'))).status).toBe(404)
    expect((await refusal(testWsClient(websockets(bind('/a', echo)), '/b'))).status).toBe(404)
    expect((await refusal(testWsClient({ http: undefined, ws: undefined }))).status).toBe(404)
  })

  test('is thrown by a loop that does not wait, too, and then with the body of the answer', async () => {
    const client = testWsClient(() => new Response('who?', { status: 401 }))
    expect(() => texts(client)).toThrow(/^the application answered 401, not 101$/)
    await expect(client.opened).rejects.toThrow('401, not 101: who?')
    expect(() => texts(client)).toThrow('401, not 101: who?')
    await expect(client.received()[Symbol.asyncIterator]().next()).rejects.toThrow('401')
  })

  test('is a 403 for another origin', async () => {
    const client = testWsClient(echo, '/', { headers: { origin: 'https://evil.example' } })
    expect((await refusal(client)).status).toBe(403)
    const allowed = testWsClient(echo, '/', {
      headers: { origin: 'https://evil.example' },
      webSockets: { origin: 'any' },
    })
    await allowed.opened
  })
})

describe('extensions', () => {
  test('are negotiated between the two', async () => {
    const [own, theirs] = [new CountedExtension(), new CountedExtension()]
    const client = testWsClient(echo, '/', {
      extensions: [own],
      webSockets: { extensions: [theirs] },
    })
    const socket = await client.opened
    expect(socket.link.extensions.map(({ name }) => name)).toEqual(['x-counted'])
    client.send('a')
    expect(texts(client)).toEqual(['a'])
    client.close()
    expect([own.made, own.open, theirs.made, theirs.open]).toEqual([1, 0, 1, 0])
  })

  test('that the client does not have are a mistake of the handshake', async () => {
    const own = new CountedExtension()
    own.accepted = () => 'never'
    const client = testWsClient(echo, '/', {
      extensions: [own],
      webSockets: { extensions: [new CountedExtension()] },
    })
    expect(await refusal(client)).toMatchObject({
      stage: 'handshake',
      status: 101,
      message: 'never',
    })
  })
})

test('a client in the mode of frames has frames', async () => {
  const client = testWsClient(echo, '/', { mode: 'frames' })
  const socket = (await client.opened) as FrameSocket
  const types: string[] = []
  socket.frames.onFrame((frame) => types.push(frame.type))
  client.send('a')
  await Promise.resolve()
  expect(types).toEqual(['text'])
})

test('what cannot be is thrown at once', () => {
  expect(() => testWsClient(echo, 'ftp://a/')).toThrow(TypeError)
  expect(() => testWsClient(echo, '/', { protocols: 'a b' })).toThrow(TypeError)
  expect(() => testWsClient(echo, '/', { closeTimeout: -1 })).toThrow(RangeError)
  expect(() => testWsClient(echo, '/', { webSockets: { closeTimeout: -1 } })).toThrow(RangeError)
})
