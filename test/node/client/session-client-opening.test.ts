import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { SessionClient, type SessionClientConfig } from '../../../src/node/index.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { perMessageDeflate } from '../../../src/protocol/deflate/permessage-deflate.ts'
import type { WebsocketContentConverter } from '../../../src/session/content-converter.ts'
import {
  ChannelOverflowException,
  WebsocketConverterNotFoundException,
} from '../../../src/session/errors.ts'
import {
  FrameTooBigException,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import type { RawConnection } from '../../support/raw-server.ts'
import {
  clientWith,
  echo,
  failureOf,
  serving,
  servingRaw,
  textOf,
} from '../../support/session-client.ts'

type Authenticate = NonNullable<SessionClientConfig['authenticate']>

const jsonText: WebsocketContentConverter = {
  serialize: (value) => JSON.stringify(value),
  deserialize: (frame) => JSON.parse(textOf(frame)),
  isApplicable: (frame) => frame.type === 'text',
}

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
    ['a limit', { maxFrameSize: -1 }, 'the option maxFrameSize is -1'],
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
      message: `cannot connect to ${url}/: the server answered 404 Not Found, not 101: no such room`,
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
    const authenticate = vi.fn<Authenticate>((refusal, asked) => {
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
    const authenticate = vi.fn<Authenticate>()
    const client = clientWith({ headers: { Authorization: 'Bearer valid' }, authenticate })
    await client.webSocket(await serving(guarded), () => {})
    expect(authenticate).not.toHaveBeenCalled()
  })

  test.each([
    ['are wrong, too', { authorization: 'Bearer wrong' }],
    ['are none', undefined],
  ])('is believed when the fresh credentials %s', async (_, headers) => {
    const authenticate = vi.fn<Authenticate>(() => headers)
    const client = clientWith({ authenticate })
    const failure = await failureOf(client.webSocket(await serving(guarded), () => {}))
    expect(failure).toBeInstanceOf(WebSocketUpgradeException)
    expect(failure).toMatchObject({ status: 401, body: 'who are you?' })
    expect(authenticate).toHaveBeenCalledTimes(1)
  })

  test('with anything but 401 is not asked for credentials', async () => {
    const authenticate = vi.fn<Authenticate>()
    const url = await serving(() => new Response('', { status: 403 }))
    await expect(clientWith({ authenticate }).webSocket(url, () => {})).rejects.toMatchObject({
      status: 403,
    })
    expect(authenticate).not.toHaveBeenCalled()
  })

  test('is given up while the hook is asked', async () => {
    const gone = new Error('gone')
    const controller = new AbortController()
    const client = clientWith({
      authenticate: () => {
        setImmediate(() => controller.abort(gone))
        return new Promise<undefined>(() => {})
      },
    })
    const { signal } = controller
    const opening = client.webSocketSession(await serving(guarded), { signal })
    expect(await failureOf(opening)).toMatchObject({ stage: 'aborted', cause: gone })
  })

  test('is given up by a hook that closes the client and never answers', async () => {
    const client = clientWith({
      authenticate: () => {
        void client.close()
        return new Promise<undefined>(() => {})
      },
    })
    const opening = client.webSocketSession(await serving(guarded))
    expect(await failureOf(opening)).toMatchObject({ stage: 'aborted' })
  })

  test('fails the session with what the hook throws', async () => {
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
    const closed = vi.fn<(status: CloseReason) => void>()
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
    let hear!: () => void
    const heard = new Promise<void>((resolve) => {
      hear = resolve
    })
    const { url } = await servingRaw(() => hear())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const failing = failureOf(clientWith({ timeout: 20 }).webSocket(url, () => {}))
    await heard
    vi.advanceTimersByTime(20)
    const failure = await failing
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({
      stage: 'timeout',
      message: `cannot connect to ${url}: no answer within 20 ms (it got to: http)`,
    })
  })
})
