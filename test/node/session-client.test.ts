import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { node, SessionClient, type SessionClientConfig } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close-reason.ts'
import { perMessageDeflate } from '../../src/protocol/deflate/permessage-deflate.ts'
import { Frame } from '../../src/protocol/frame.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import type { WebSockets } from '../../src/serving/web-sockets.ts'
import type { WebsocketContentConverter } from '../../src/session/content-converter.ts'
import {
  ChannelOverflowException,
  WebsocketConverterNotFoundException,
} from '../../src/session/errors.ts'
import {
  FrameTooBigException,
  WebSocketClosedException,
  WebSocketConnectException,
  WebSocketProtocolException,
  WebSocketUpgradeException,
} from '../../src/websocket/errors.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { accept, type WsHandler } from '../../src/websocket/ws-handler.ts'
import { bytes } from '../support/hex.ts'
import { type RawConnection, type RawServer, rawServer } from '../support/raw-server.ts'
import { ca, tls } from '../support/tls.ts'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

/** A server, for the time of the test; its URL. */
async function serving(
  handler: WsHandler<FrameSocket>,
  webSockets: WebSockets = {},
): Promise<string> {
  const server = await serve(handler, node({ webSockets }))
  onTestFinished(() => server.stop({ drain: 0 }))
  return server.url.replace('http', 'ws')
}

/** A server of bytes, for the time of the test. */
async function servingRaw(talk?: (connection: RawConnection) => unknown): Promise<RawServer> {
  const server = await rawServer(talk)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** A client, for the time of the test. */
function clientWith(config?: SessionClientConfig): SessionClient {
  const client = new SessionClient(config)
  onTestFinished(() => client.close())
  return client
}

const textOf = (frame: Frame): string => Buffer.from(frame.data).toString()

/** What a promise is rejected with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not rejected')
}

const jsonText: WebsocketContentConverter = {
  serialize: (value) => JSON.stringify(value),
  deserialize: (frame) => JSON.parse(textOf(frame)),
  isApplicable: (frame) => frame.type === 'text',
}

describe('webSocket', () => {
  test('runs the block, closes with 1000, and gives what the block gave', async () => {
    const closed = vi.fn()
    const url = await serving(() => (socket) => {
      socket.onMessage((message) => socket.send(message))
      socket.onClose(closed)
    })
    const result = await clientWith().webSocket(url, async (session) => {
      await session.send('Hello, WebSocket!')
      const frame = await session.incoming.receive()
      return frame.type === 'text' ? frame.readText() : undefined
    })
    expect(result).toBe('Hello, WebSocket!')
    expect(closed.mock.calls).toEqual([[new CloseReason(1000)]])
  })

  test('rejects with what the block threw, itself, and closes with 1011 without a word of it', async () => {
    const closed = vi.fn()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const thrown = new TypeError('the secret of the block')
    const failure = await failureOf(
      clientWith().webSocket(url, () => {
        throw thrown
      }),
    )
    expect(failure).toBe(thrown)
    expect(closed.mock.calls).toEqual([[new CloseReason(1011, 'Internal error')]])
  })

  test('settles when the session has ended, and not before', async () => {
    const { url } = await servingRaw((connection) => {
      connection.upgrade()
      connection.socket.once('data', () => connection.frame({ opcode: 8, payload: bytes('03e8') }))
    })
    const session = await clientWith().webSocket(url, (open) => open)
    expect(session.closeRecord).toMatchObject({ clean: true, initiator: 'local' })
  })

  test('is not held up by what the block left unread', async () => {
    const url = await serving(
      () => (socket) => {
        for (let i = 0; i < 500; i++) socket.send(new Uint8Array(16_384))
      },
      { maxBufferedAmount: 1e9 },
    )
    await clientWith({ closeTimeout: 60_000 }).webSocket(url, (session) =>
      session.incoming.receive(),
    )
  })

  test('takes a block that ends by itself, after the peer has', async () => {
    const url = await serving(() => (socket) => {
      socket.send('a')
      socket.send('b')
      socket.close(new CloseReason(1013, 'test'))
    })
    const seen: string[] = []
    const record = await clientWith().webSocket(url, async (session) => {
      for await (const frame of session.incoming) seen.push(textOf(frame))
      return session.closed
    })
    expect(seen).toEqual(['a', 'b'])
    expect(record).toMatchObject({ initiator: 'remote', reason: { code: 1013, message: 'test' } })
  })

  test('rejects when the block receives and there is no more', async () => {
    const url = await serving(() => (socket) => socket.close())
    const failure = await failureOf(
      clientWith().webSocket(url, (session) => session.incoming.receive()),
    )
    expect(failure).toBeInstanceOf(WebSocketClosedException)
    expect(failure).toMatchObject({ reason: { code: 1000 } })
  })

  test('needs a block', async () => {
    const client = clientWith()
    for (const given of [['ws://localhost'], ['ws://localhost', {}]]) {
      const call: Promise<unknown> = Reflect.apply(client.webSocket, client, given)
      await expect(call).rejects.toThrow('there is no block to run')
    }
  })

  test('rejects for a request that cannot be', async () => {
    const client = clientWith()
    await expect(client.webSocket('/chat', () => {})).rejects.toThrow(TypeError)
    await expect(client.webSocket({ port: -1 }, () => {})).rejects.toThrow(RangeError)
    await expect(client.ws('wss://localhost', () => {})).rejects.toThrow('call wss()')
    const headers = { Upgrade: 'h2c' }
    await expect(client.webSocketSession('ws://localhost', { headers })).rejects.toThrow(
      "'Upgrade'",
    )
  })
})

describe('ws and wss', () => {
  test('open by parts, one without and one with TLS', async () => {
    const plain = await serving((request) => (socket) => socket.send(request.url))
    const port = Number(new URL(plain).port)
    const client = clientWith({ tls: { ca } })
    const first = await client.ws({ host: '127.0.0.1', port, path: '/a?b=c' }, async (session) => {
      const frame = await session.incoming.receive()
      return textOf(frame)
    })
    expect(first).toBe(`http://127.0.0.1:${port}/a?b=c`)

    const secure = await serve(
      (request) => (socket) => socket.send(request.url),
      node({ hostname: 'localhost', tls }),
    )
    onTestFinished(() => secure.stop({ drain: 0 }))
    const second = await client.wss({ port: secure.port }, async (session) => {
      const frame = await session.incoming.receive()
      return textOf(frame)
    })
    expect(second).toBe(`https://localhost:${secure.port}/`)
  })

  test('use the port of their scheme', async () => {
    const asked: unknown[] = []
    class Recorder extends Agent {
      override createConnection(options: object): never {
        asked.push(options)
        throw new Error('never mind')
      }
    }
    const agent = new Recorder()
    const client = clientWith({ agent })
    await expect(client.ws({ host: 'ws.example' }, () => {})).rejects.toThrow()
    expect(asked).toMatchObject([{ host: 'ws.example', port: '80' }])
  })
})

describe('a request', () => {
  test('carries the headers, parameters and subprotocols that a builder was told', async () => {
    const url = await serving((request) => {
      const { searchParams } = new URL(request.url)
      const facts = [request.header('authorization'), searchParams.get('room')]
      return accept((socket) => socket.send(facts.join(' ')), { protocol: 'chat.v1' })
    })
    await clientWith().webSocket(
      (request) =>
        request
          .url(url)
          .header('Authorization', 'Bearer token123')
          .parameter('room', 'chat-room-1')
          .protocol('chat.v2', 'chat.v1'),
      async (session) => {
        const frame = await session.incoming.receive()
        expect(textOf(frame)).toBe('Bearer token123 chat-room-1')
        expect(session.call.request.header('sec-websocket-protocol')).toBe('chat.v2, chat.v1')
        expect(session.call.response.headers.get('sec-websocket-protocol')).toBe('chat.v1')
      },
    )
  })

  test('has the headers and the subprotocols of the client, unless it has its own', async () => {
    const url = await serving((request) => (socket) => {
      const names = ['x-a', 'x-b', 'sec-websocket-protocol']
      socket.send(names.map((name) => request.header(name)).join(' '))
    })
    const client = clientWith({ headers: { 'X-A': '1', 'X-B': '1' }, protocols: 'one' })
    const said = (request?: Parameters<typeof client.webSocketSession>[1]): Promise<string> =>
      client.webSocket(url, request ?? {}, async (session) =>
        textOf(await session.incoming.receive()),
      )
    expect(await said()).toBe('1 1 one')
    expect(await said({ headers: { 'x-b': '2' }, protocols: ['two', 'three'] })).toBe(
      '1 2 two, three',
    )
  })

  test('is in call, beside the response', async () => {
    const url = await serving(() => accept(() => {}, { headers: { 'X-Node': '7' } }))
    await clientWith().webSocket(`${url}/a?b=c`, ({ call }) => {
      expect(call.request.url).toBe(`${url.replace('ws', 'http')}/a?b=c`)
      expect(call.request.method).toBe('GET')
      expect(call.response.status).toBe(101)
      expect(call.response.headers.get('x-node')).toBe('7')
    })
  })

  test('to a route with a subprotocol fails without it', async () => {
    const url = await serving(
      websockets(webSocket('/', { protocol: 'chat' }, (session) => session.send('hi'))),
    )
    const client = clientWith()
    await client.webSocket(url, { protocols: 'chat' }, (session) => session.incoming.receive())
    await expect(client.webSocket(url, () => {})).rejects.toBeInstanceOf(WebSocketUpgradeException)
  })
})

describe('a session of a client', () => {
  test('is handed over open, and disposes itself', async () => {
    const closed = vi.fn()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const client = clientWith()
    {
      await using session = await client.webSocketSession(url)
      expect(session.closeRecord).toBeUndefined()
    }
    expect(closed.mock.calls).toEqual([[new CloseReason(1000)]])
  })

  test('gets what came together with the handshake', async () => {
    const { url } = await servingRaw((connection) =>
      connection.upgrade(undefined, { opcode: 1, payload: 'Hello' }),
    )
    const session = await clientWith().webSocketSession(url)
    expect(textOf(await session.incoming.receive())).toBe('Hello')
    session.terminate()
  })

  test('keeps to itself, however many there are', async () => {
    const url = await serving(echo)
    const client = clientWith()
    const talk = (name: string): Promise<void> =>
      client.webSocket(url, async (session) => {
        for (let i = 0; i < 100; i++) {
          await session.send(`${name} ${i}`)
          const frame = await session.incoming.receive()
          expect(textOf(frame)).toBe(`${name} ${i}`)
        }
      })
    await Promise.all([talk('a'), talk('b'), talk('c')])
  })

  test('takes a large frame in one piece, and an empty one', async () => {
    const url = await serving(echo)
    await clientWith().webSocket(url, async (session) => {
      for (const text of ['', 'x'.repeat(24_000)]) {
        await session.send(text)
        const frame = await session.incoming.receive()
        expect(frame).toMatchObject({ type: 'text', fin: true })
        expect(textOf(frame)).toBe(text)
      }
    })
  })

  test('answers each Ping once, and hears of each Pong once', async () => {
    const pongs: string[] = []
    const url = await serving(() => (socket) => {
      socket.link.onPong?.((data) => {
        pongs.push(Buffer.from(data).toString())
        if (pongs.length === 5) socket.send('done')
      })
      for (let i = 0; i < 5; i++) socket.link.ping?.(Buffer.from(`ping ${i}`))
    })
    await clientWith({ controlFrames: true }).webSocket(url, async (session) => {
      const seen: string[] = []
      for await (const frame of session.incoming) {
        seen.push(frame.type)
        if (frame.type === 'text') break
      }
      expect(seen).toEqual(['ping', 'ping', 'ping', 'ping', 'ping', 'text'])
      await session.send(new Frame.Ping(Buffer.from('me')))
      expect(await session.incoming.receive()).toMatchObject({ type: 'pong' })
    })
    expect(pongs).toEqual(['ping 0', 'ping 1', 'ping 2', 'ping 3', 'ping 4'])
  })

  test('ends at once when it is terminated', async () => {
    const closed = vi.fn()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const record = await clientWith().webSocket(url, (session) => {
      session.terminate()
      return session.closed
    })
    expect(record).toMatchObject({ clean: false, reason: { code: 1006 } })
    await vi.waitFor(() => expect(closed.mock.calls).toMatchObject([[{ code: 1006 }]]))
  })

  test('leaves no timer of opening behind', async () => {
    const url = await serving(echo)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const session = await clientWith({ timeout: 50 }).webSocketSession(url)
    expect(vi.getTimerCount()).toBe(0)
    session.terminate()
  })

  test.each([
    ['an illegal code', { opcode: 8, payload: bytes('03ed') }],
    ['a masked frame', { opcode: 1, payload: 'a', key: bytes('01020304') }],
    ['an unknown opcode', { opcode: 3 }],
  ])('fails with what the server broke: %s', async (_, frame) => {
    const { url } = await servingRaw((connection) => connection.upgrade(undefined, frame))
    const failure = await failureOf(
      clientWith().webSocket(url, async (session) => {
        for await (const frame of session.incoming) expect(frame).toBeUndefined()
      }),
    )
    expect(failure).toBeInstanceOf(WebSocketProtocolException)
    expect(failure).toMatchObject({ reason: { code: 1002 } })
  })

  test('does not close with a code that cannot be sent, and stays open', async () => {
    const url = await serving(echo)
    await clientWith().webSocket(url, async (session) => {
      expect(() => session.close(new CloseReason(1005))).toThrow(RangeError)
      await session.send('still here')
      await session.incoming.receive()
    })
  })
})

describe('the configuration', () => {
  test('limits frames and messages', async () => {
    const url = await serving(echo)
    const client = clientWith({ maxFrameSize: 10 })
    await client.webSocket(url, async (session) => {
      expect(session.maxFrameSize).toBe(10)
      await session.send('short')
      await session.incoming.receive()
    })
    const failure = await failureOf(
      client.webSocket(url, async (session) => {
        await session.send('much too long')
        await session.incoming.receive()
      }),
    )
    expect(failure).toBeInstanceOf(FrameTooBigException)
    expect(failure).toMatchObject({ frameSize: 13, reason: { code: 1009 } })
  })

  test('sets the pings of every session', async () => {
    const url = await serving(echo)
    await clientWith({ pingInterval: 20_000, pongTimeout: 5_000 }).webSocket(url, (session) => {
      expect([session.pingInterval, session.pongTimeout]).toEqual([20_000, 5_000])
    })
    await clientWith({ pingInterval: null }).webSocket(url, (session) => {
      expect(session.pingInterval).toBe(0)
    })
  })

  test('converts what is sent and received, where it has a converter', async () => {
    const url = await serving(echo)
    await clientWith({ contentConverter: jsonText }).webSocket(url, async (session) => {
      for (let i = 0; i < 100; i++) {
        await session.sendSerialized({ name: 'ann', i })
        expect(await session.receiveDeserialized()).toEqual({ name: 'ann', i })
      }
    })
    await clientWith().webSocket(url, async (session) => {
      const missing = WebsocketConverterNotFoundException
      await expect(session.sendSerialized({})).rejects.toBeInstanceOf(missing)
      await expect(session.receiveDeserialized()).rejects.toBeInstanceOf(missing)
    })
  })

  test('bounds channels that wait', async () => {
    const url = await serving(echo)
    const channels = { incoming: { capacity: 1 }, outgoing: { capacity: 1 } }
    await clientWith({ channels }).webSocket(url, async (session) => {
      for (let i = 0; i < 100; i++) void session.send(`${i}`)
      for (let i = 0; i < 100; i++) {
        expect(textOf(await session.incoming.receive())).toBe(`${i}`)
      }
    })
  })

  test('bounds channels that close', async () => {
    const url = await serving(echo)
    const channels = { incoming: { capacity: 10, onOverflow: 'close' } } as const
    const failure = await failureOf(
      clientWith({ channels }).webSocket(url, async (session) => {
        for (let i = 0; i < 1000; i++) void session.send('nobody reads')
        await session.closed
        for await (const frame of session.incoming) expect(frame.type).toBe('text')
      }),
    )
    expect(failure).toBeInstanceOf(ChannelOverflowException)
  })

  test('bounds what waits for a server that does not read', async () => {
    const { url } = await servingRaw((connection) => {
      connection.upgrade()
      connection.socket.pause()
    })
    const channels = { outgoing: { capacity: 2, onOverflow: 'close' } } as const
    const session = await clientWith({ channels, closeTimeout: 0 }).webSocketSession(url)
    const message = new Uint8Array(1_000_000)
    const sends = Array.from({ length: 20 }, () => session.send(message))
    const failures = (await Promise.allSettled(sends)).filter(({ status }) => status === 'rejected')
    expect(failures[0]).toMatchObject({ reason: expect.any(ChannelOverflowException) })
    expect(await session.closed).toMatchObject({ local: { code: 1013 } })
  })

  test.each([
    [false, false],
    [true, true],
  ])('compresses, its window started anew: %s', async (serverNoContextTakeover, none) => {
    const extensions = [
      perMessageDeflate({
        compressIfBiggerThan: 10,
        serverNoContextTakeover,
        clientNoContextTakeover: none,
      }),
    ]
    const url = await serving(echo, { extensions })
    await clientWith({ extensions }).webSocket(url, async (session) => {
      expect(session.extensions).toMatchObject([{ name: 'permessage-deflate' }])
      for (let size = 1; size <= 100; size++) {
        const message = Uint8Array.from({ length: size * 7 }, (_, i) => (i * size) % 11)
        await session.send(message)
        expect((await session.incoming.receive()).data).toEqual(message)
      }
    })
  })

  test.each<[string, SessionClientConfig, string]>([
    ['a time', { timeout: -1 }, 'the option timeout is -1'],
    ['a ping interval', { pingInterval: Number.NaN }, 'the option pingInterval is NaN'],
    ['a limit', { maxFrameSize: -1 }, 'is -1: it must be a number from 0 up'],
    ['a channel', { channels: { incoming: { capacity: 0 } } }, 'channels.incoming'],
    ['two extensions', { extensions: [perMessageDeflate(), perMessageDeflate()] }, 'together'],
    ['a proxy', { proxy: 'localhost:3128' }, "the proxy's URL has the scheme 'localhost:'"],
    ['an agent too many', { proxy: 'http://p', agent: new Agent() }, 'give one of them'],
  ])('is refused for %s that cannot be', (_, config, message) => {
    expect(() => new SessionClient(config)).toThrow(message)
  })
})

describe('a server that refuses', () => {
  test('is told with status, headers and body', async () => {
    const url = await serving(
      () => new Response('no such room', { status: 404, headers: { 'X-Room': '7' } }),
    )
    const failure = await failureOf(clientWith().webSocket(url, () => {}))
    expect(failure).toBeInstanceOf(WebSocketUpgradeException)
    expect(failure).toMatchObject({ stage: 'http', status: 404, body: 'no such room' })
    expect(failure).toMatchObject({
      message: `cannot connect to ${url}/: the server answered 404 Not Found, not 101`,
    })
    if (failure instanceof WebSocketUpgradeException) {
      expect(failure.response.headers.get('x-room')).toBe('7')
    }
  })

  test('fails webSocketSession, too, and there is nothing to close', async () => {
    const url = await serving(() => new Response(null, { status: 404 }))
    await expect(clientWith().webSocketSession(url)).rejects.toMatchObject({ status: 404 })
  })

  /** Takes one token. */
  const guarded: WsHandler = (request) => {
    if (request.header('authorization') === 'Bearer valid') return echo(request)
    return new Response('who are you?', {
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="chat"' },
    })
  }

  test('is given fresh credentials, once', async () => {
    const url = await serving(guarded)
    const authenticate = vi.fn((refusal: WebSocketUpgradeException, asked: URL) => {
      expect(refusal.headers.get('www-authenticate')).toBe('Bearer realm="chat"')
      expect(asked.href).toBe(`${url}/`)
      return Promise.resolve({ authorization: 'Bearer valid' })
    })
    const client = clientWith({ headers: { Authorization: 'Bearer stale' }, authenticate })
    const authorization = await client.webSocket(url, ({ call }) =>
      call.request.header('authorization'),
    )
    expect(authorization).toBe('Bearer valid')
    expect(authenticate).toHaveBeenCalledTimes(1)
  })

  test('is not asked again when the first credentials will do', async () => {
    const authenticate = vi.fn()
    const client = clientWith({ headers: { Authorization: 'Bearer valid' }, authenticate })
    await client.webSocket(await serving(guarded), () => {})
    expect(authenticate).not.toHaveBeenCalled()
  })

  test.each([
    ['are wrong, too', { authorization: 'Bearer wrong' }],
    ['are none', undefined],
  ])('is believed when the fresh credentials %s', async (_, headers) => {
    const authenticate = vi.fn(() => headers)
    const client = clientWith({ authenticate })
    const failure = await failureOf(client.webSocket(await serving(guarded), () => {}))
    expect(failure).toBeInstanceOf(WebSocketUpgradeException)
    expect(failure).toMatchObject({ status: 401, body: 'who are you?' })
    expect(authenticate).toHaveBeenCalledTimes(1)
  })

  test('with anything but 401 is not asked for credentials', async () => {
    const authenticate = vi.fn()
    const url = await serving(() => new Response('', { status: 403 }))
    await expect(clientWith({ authenticate }).webSocket(url, () => {})).rejects.toMatchObject({
      status: 403,
    })
    expect(authenticate).not.toHaveBeenCalled()
  })

  test('leaves the word to what the hook throws', async () => {
    const thrown = new Error('no token')
    const client = clientWith({
      authenticate: () => {
        throw thrown
      },
    })
    expect(await failureOf(client.webSocket(await serving(guarded), () => {}))).toBe(thrown)
  })
})

describe('a session client', () => {
  test('closes its sessions when it is closed, with 1001', async () => {
    const closed = vi.fn()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const client = new SessionClient()
    const one = await client.webSocketSession(url)
    const two = client.webSocket(url, async (session) => {
      for await (const frame of session.incoming) expect(frame).toBeUndefined()
      return session.closeReason
    })
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(0))
    await client.webSocketSession(url)
    await client.close()
    expect(one.closeRecord).toMatchObject({ clean: true, reason: CloseReason.GOING_AWAY })
    expect(one.signal.aborted).toBe(true)
    expect(await two).toEqual(CloseReason.GOING_AWAY)
    expect(closed).toHaveBeenCalledTimes(3)
  })

  test('may say another reason, that can be sent', async () => {
    const url = await serving(echo)
    const client = new SessionClient()
    const session = await client.webSocketSession(url)
    await expect(client.close(new CloseReason(1006))).rejects.toThrow(RangeError)
    expect(session.closeRecord).toBeUndefined()
    await client.close(new CloseReason(4000, 'enough'))
    expect(await session.closeReason).toEqual(new CloseReason(4000, 'enough'))
  })

  test('gives up what is opening, and opens no more', async () => {
    let asked = (_connection: RawConnection): void => {}
    const connected = new Promise<RawConnection>((resolve) => {
      asked = resolve
    })
    const { url } = await servingRaw((connection) => asked(connection))
    const client = new SessionClient()
    const opening = failureOf(client.webSocketSession(url))
    const connection = await connected
    await client[Symbol.asyncDispose]()
    await connection.gone
    const given = await opening
    expect(given).toBeInstanceOf(WebSocketConnectException)
    expect(given).toMatchObject({ stage: 'aborted', cause: expect.any(WebSocketConnectException) })
    const late = await failureOf(client.webSocket(url, () => {}))
    expect(late).toBeInstanceOf(WebSocketConnectException)
    expect(late).toMatchObject({ stage: 'aborted' })
  })

  test('does not open what was opened while it closed', async () => {
    const url = await serving(echo)
    const client = new SessionClient({
      authenticate: async () => {
        await client.close()
        return {}
      },
    })
    const unauthorized = await serving(() => new Response('', { status: 401 }))
    await expect(client.webSocketSession(unauthorized)).rejects.toMatchObject({ stage: 'aborted' })
    await expect(client.webSocketSession(url)).rejects.toMatchObject({ stage: 'aborted' })
  })

  test('lets a signal give up opening, or terminate the session', async () => {
    const silent = await servingRaw()
    const url = await serving(echo)
    const client = clientWith()
    const controller = new AbortController()
    const { signal } = controller
    const session = await client.webSocketSession(url, { signal })
    const opening = failureOf(client.webSocketSession(silent.url, { signal }))
    const reason = new Error('the user left')
    controller.abort(reason)
    expect(await opening).toMatchObject({ stage: 'aborted', cause: reason })
    expect(await session.closed).toMatchObject({ reason: { code: 1006 } })
    expect(await failureOf(client.webSocketSession(url, { signal }))).toMatchObject({
      stage: 'aborted',
      cause: reason,
    })
  })

  test('gives up after its timeout', async () => {
    const { url } = await servingRaw()
    const failure = await failureOf(clientWith({ timeout: 20 }).webSocket(url, () => {}))
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({
      stage: 'timeout',
      message: `cannot connect to ${url}: no answer within 20 ms (it got to: http)`,
    })
  })
})

describe('a raw session of a client', () => {
  test('sees every frame, answers none, and offers no extension', async () => {
    const offered = vi.fn()
    const url = await serving((request) => {
      offered(request.header('sec-websocket-extensions'))
      return (socket) => {
        socket.link.ping?.(Buffer.from('p'))
        socket.send('text')
      }
    })
    const client = clientWith({ extensions: [perMessageDeflate()] })
    const types = await client.webSocketRaw(url, async (session) => {
      expect(session.masking).toBe(true)
      const ping = await session.incoming.receive()
      const text = await session.incoming.receive()
      await session.send(new Frame.Pong(ping.data))
      await session.send(new Frame.Text(Buffer.from('Hel'), false))
      await session.send(new Frame.Text(Buffer.from('lo'), true))
      return [ping.type, text.type]
    })
    expect(types).toEqual(['ping', 'text'])
    expect(offered.mock.calls).toEqual([[null]])
  })

  test('rejects with what its block threw', async () => {
    const url = await serving(echo)
    const thrown = new Error('raw')
    const client = clientWith()
    const failure = await failureOf(
      client.webSocketRaw(url, {}, () => {
        throw thrown
      }),
    )
    expect(failure).toBe(thrown)
    const session = await client.webSocketRawSession(url)
    await session.send(new Frame.Close(CloseReason.NORMAL))
    expect(await session.incoming.receive()).toMatchObject({ type: 'close' })
  })
})
