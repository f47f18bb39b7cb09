import { describe, expect, expectTypeOf, test } from 'vitest'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { bind } from '../../../src/routing/bind.ts'
import { webSocket, webSocketRaw } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import type { RequestOptions } from '../../../src/session/client/session-client-request.ts'
import {
  type TestSessionClient,
  testSessionClient,
  VirtualClock,
} from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import { WebSocketUpgradeException } from '../../../src/websocket/errors.ts'

const app = websockets(
  webSocket('/echo', async (session) => {
    for await (const frame of session.incoming) await session.send(frame)
  }),
  webSocketRaw('/raw', async (session) => {
    for await (const frame of session.incoming) await session.send(frame)
  }),
  webSocket('/call/:name', { protocol: 'v1' }, async (session) => {
    await session.send(session.call.parameters.name)
  }),
  bind('/headers', (request) =>
    accept((socket) => socket.send(request.header('x-a') ?? 'none'), {
      headers: { 'x-answer': 'yes' },
    }),
  ),
  bind('/members', (request) =>
    request.header('authorization') === 'Bearer fresh'
      ? (socket) => socket.send('welcome')
      : new Response('who?', { status: 401 }),
  ),
)

const text = (frame: Frame): string => (frame.type === 'text' ? frame.readText() : frame.type)

describe('a test client of sessions', () => {
  test('has the methods of the Node client', () => {
    expectTypeOf<TestSessionClient>().toExtend<Pick<SessionClient, keyof SessionClient>>()
  })

  test('runs a block in a session with the application', async () => {
    const echoed = await testSessionClient(app).webSocket(
      'ws://any.example/echo',
      async (session) => {
        await session.send('hello')
        return text(await session.incoming.receive())
      },
    )
    expect(echoed).toBe('hello')
  })

  test('opens sessions from parts and builders, with headers and subprotocols', async () => {
    await using client = testSessionClient(app, { headers: { 'x-a': '1' } })
    const one = await client.webSocketSession({ path: '/headers' })
    const two = await client.webSocketSession((request) =>
      request.url('wss://localhost/headers').header('x-a', '2'),
    )
    expect([text(await one.incoming.receive()), text(await two.incoming.receive())]).toEqual([
      '1',
      '2',
    ])
    expect(one.call.response.headers.get('x-answer')).toBe('yes')
    const three = await client.webSocketSession('ws://localhost/call/ann', { protocols: 'v1' })
    expect(text(await three.incoming.receive())).toBe('ann')
  })

  test('speaks in frames', async () => {
    const types = await testSessionClient(app).webSocketRaw(
      'ws://localhost/raw',
      async (session) => {
        await session.send(new Frame.Ping(Uint8Array.of(1)))
        const { type } = await session.incoming.receive()
        await session.send(new Frame.Close())
        return [type, (await session.incoming.receive()).type]
      },
    )
    expect(types).toEqual(['ping', 'close'])
  })

  test('is told of a refusal, and may try again', async () => {
    const refused = testSessionClient(app).webSocketSession('ws://localhost/members')
    await expect(refused).rejects.toThrow(WebSocketUpgradeException)
    await using client = testSessionClient(app, {
      authenticate: ({ status }) =>
        status === 401 ? { authorization: 'Bearer fresh' } : undefined,
    })
    const session = await client.webSocketSession('ws://localhost/members')
    expect(text(await session.incoming.receive())).toBe('welcome')
  })

  test('ends with its signal', async () => {
    const abort = new AbortController()
    const session = await testSessionClient(app).webSocketSession('ws://localhost/echo', {
      signal: abort.signal,
    })
    const reason = new DOMException('enough', 'AbortError')
    abort.abort(reason)
    expect((await session.closeReason).code).toBe(1006)
    const lost = { name: 'ConnectionLostException', message: 'enough', cause: reason }
    await expect(session.incoming.receive()).rejects.toMatchObject({
      name: 'WebSocketClosedException',
      cause: lost,
    })
    expect(session.closeRecord?.cause).toMatchObject(lost)
  })

  test('limits messages by the size of frames', async () => {
    const session = await testSessionClient(app, { maxFrameSize: 5 }).webSocketSession(
      'ws://localhost/echo',
    )
    await session.send('hello!')
    expect((await session.closeReason).code).toBe(1009)
  })

  test('goes by a virtual clock', async () => {
    const clock = new VirtualClock()
    const client = testSessionClient(app, { clock, pingInterval: 1_000 })
    const session = await client.webSocketSession('ws://localhost/echo')
    expect(clock.pending).toBe(1)
    await client.close()
    expect((await session.closeReason).code).toBe(1001)
    expect(clock.pending).toBe(0)
  })
  test.each([
    [{ maxFrameSize: -1 }, 'the option maxFrameSize is -1'],
    [{ maxMessageSize: -1 }, 'the option maxMessageSize is -1'],
    [{ highWaterMark: -1 }, 'the option highWaterMark is -1'],
  ])('refuses %j when it is made, as the client for the wire does', (config, message) => {
    for (const make of [() => testSessionClient(app, config), () => new SessionClient(config)]) {
      expect(make).toThrow(message)
      expect(make).toThrow(RangeError)
    }
  })

  test.each<[Pick<RequestOptions, 'headers' | 'protocols'>, string]>([
    [{ headers: { 'a b': 'x' } }, "'a b' cannot be a header's name"],
    [{ headers: { Upgrade: 'x' } }, "header 'Upgrade' belongs to the handshake"],
    [{ headers: [['X-A', 'a\nb']] }, "the value of header 'X-A' has"],
    [{ protocols: 'a b' }, "'a b' cannot be a subprotocol"],
    [{ protocols: ['a', 'a'] }, "the subprotocol 'a' is given twice"],
  ])(
    'refuses %o when it is made, as the client for the wire does, with the error of a request',
    async (config, message) => {
      for (const make of [() => testSessionClient(app, config), () => new SessionClient(config)]) {
        expect(make).toThrow(message)
        expect(make).toThrow(TypeError)
      }
      const opening = new SessionClient().webSocketSession('ws://localhost', config)
      await expect(opening).rejects.toThrow(message)
    },
  )

  test('refuses options that it does not know, and those of single requests', () => {
    const refused = (config: object): void =>
      expect(() => testSessionClient(app, config)).toThrow('testSessionClient() has no option')
    refused({ maxFramesize: 5 })
    refused({ mode: 'frames' })
    refused({ signal: undefined })
    refused({ channels: { incoming: { bites: 1 } } })
    refused({ webSockets: { pingIntervall: 1 } })
  })
})
