import { describe, expect, it } from 'vitest'
import { json } from '../../src/format/json.ts'
import { Query } from '../../src/lens/query.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { bind } from '../../src/routing/bind.ts'
import { poly } from '../../src/routing/poly.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import { start } from '../../src/session/run.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

async function echo(session: WebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

/** The texts that come until the connection ends. */
async function texts(client: ReturnType<typeof testWsClient>): Promise<string[]> {
  const all: string[] = []
  for await (const message of client.received()) all.push(message.text())
  return all
}

describe('a route of sessions', () => {
  it('stands beside bound handlers in one router', async () => {
    const app = websockets(
      bind('/consumer', () => (socket) => socket.send('consumer')),
      webSocket('/session', async (session) => {
        await session.send('session')
      }),
    )
    expect(await texts(testWsClient(app, '/session'))).toEqual(['session'])
    const [message] = testWsClient(app, '/consumer').received()
    expect(message?.text()).toBe('consumer')
  })

  it('echoes in a loop, until the client closes', async () => {
    const client = testWsClient(websockets(webSocket('/echo', echo)), '/echo')
    for (let i = 1; i <= 100; i++) client.send('x'.repeat(i))
    const lengths: number[] = []
    for await (const message of client.received()) {
      if (lengths.push(message.byteLength) === 100) client.close()
    }
    expect(lengths).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect(await client.closed).toEqual(WsStatus.NORMAL)
  })

  it('has its call: parameters of the path, request, response and headers of its own', async () => {
    const app = websockets(
      webSocket('/rooms/:room', { headers: { 'X-Served-By': 'a' } }, async (session) => {
        const { parameters, request, response } = session.call
        const { status, headers } = response
        await session.send(
          [parameters.room, new URL(request.url).search, status, headers.get('x-served-by')].join(),
        )
      }),
    )
    expect(await texts(testWsClient(app, '/rooms/caf%C3%A9?x=1'))).toEqual(['café,?x=1,101,a'])
  })

  it('is at the root without a path: of the router that is bound somewhere', async () => {
    const app = websockets(
      bind(
        '/chat',
        websockets(
          webSocket(async (session) => {
            await session.send('root')
          }),
        ),
      ),
    )
    expect(await texts(testWsClient(app, '/chat'))).toEqual(['root'])
  })

  it('ends with its handler: 1000, or 1011 and the hook hears why', async () => {
    const app = websockets(
      webSocket('/done', () => {}),
      webSocket('/failed', () => Promise.reject(new Error('inner detail'))),
    )
    expect(await testWsClient(app, '/done').closed).toEqual(WsStatus.NORMAL)
    const errors: string[] = []
    const webSockets = { onError: (error: Error) => errors.push(error.message) }
    const failed = testWsClient(app, '/failed', { webSockets })
    expect(await failed.closed).toEqual(new CloseReason(1011, 'Internal error'))
    await new Promise((resolve) => setTimeout(resolve))
    expect(errors).toEqual(['inner detail'])
  })

  it('ends with 1011 when a lens refuses its request; a handshake that reads it answers 400', async () => {
    const page = Query.int().required('page')
    const app = websockets(webSocket('/list', (session) => page(session.call.request)))
    const errors: string[] = []
    const webSockets = { onError: ({ name }: Error) => errors.push(name) }
    const late = testWsClient(app, '/list?page=a', { webSockets })
    expect((await late.closed).code).toBe(1011)
    await new Promise((resolve) => setTimeout(resolve))
    expect(errors).toEqual(['LensFailure'])
    const early = testWsClient(
      app.withHandshake((next) => (request) => {
        page(request)
        return next(request)
      }),
      '/list?page=a',
    )
    await expect(early.opened).rejects.toMatchObject({ status: 400 })
  })

  it('does not bother the hook with the ordinary end of a session', async () => {
    const errors: Error[] = []
    const webSockets = { onError: (error: Error) => errors.push(error) }
    const app = websockets(
      webSocket('/receives', (session) => session.incoming.receive()),
      webSocket('/loops', echo),
    )
    for (const path of ['/receives', '/loops']) {
      const client = testWsClient(app, path, { webSockets })
      client.terminate()
      await client.closed
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(errors).toEqual([])
  })

  it('has no application offline, and says so', async () => {
    let error: unknown
    const app = websockets(
      webSocket('/', (session) => {
        try {
          expect(session.application).toBeDefined()
        } catch (thrown) {
          error = thrown
        }
      }),
    )
    await testWsClient(app).closed
    expect(error).toBeInstanceOf(NotSupportedException)
  })

  it('may be what an HTTP handler answers', async () => {
    const app = poly({
      http: () => new WebSocketUpgrade(accept((socket) => socket.send('upgraded'))),
    })
    const client = testWsClient(app, '/')
    await client.opened
    const [message] = client.received()
    expect(message?.text()).toBe('upgraded')
  })

  it('may be what an HTTP handler answers as a raw session, too', async () => {
    const consumer = (socket: FrameSocket): unknown =>
      start(new RawWebSocket(socket), async (session) => {
        const { type, fin } = await session.incoming.receive()
        await session.send(`${type} ${fin}`)
      })
    const app = poly<FrameSocket>({
      http: () => new WebSocketUpgrade(accept(consumer, { mode: 'frames' })),
    })
    const client = testWsClient(app, '/')
    const { link } = await client.opened
    link.sendFrame?.(new Frame.Text(Uint8Array.of(0x61), false))
    expect(await texts(client)).toEqual(['text false'])
    expect((await client.closed).code).toBe(1000)
  })
})

describe('the subprotocol of a route', () => {
  const app = websockets(
    webSocket('/chat', { protocol: 'chat.v2' }, (session) => session.send('two')),
    webSocket('/chat', { protocol: 'chat.v1' }, (session) => session.send('one')),
    webSocket('/chat', { protocol: 'chat.v1' }, (session) => session.send('never')),
  )

  it('chooses among several routes of one path, and is answered', async () => {
    const client = testWsClient(app, '/chat', { protocols: ['chat.v1', 'chat.v0'] })
    expect(await texts(client)).toEqual(['one'])
    expect(client.protocol).toBe('chat.v1')
    const both = testWsClient(app, '/chat', { protocols: ['chat.v1', 'chat.v2'] })
    expect(await texts(both)).toEqual(['two'])
  })

  it.each([
    ['none of them', ['chat.v3']],
    ['another case', ['CHAT.V1']],
    ['nothing', []],
  ])('leaves a request that offers %s', async (_, protocols) => {
    const client = testWsClient(app, '/chat', { protocols })
    await expect(client.opened).rejects.toMatchObject({
      name: 'WebSocketUpgradeException',
      status: 404,
    })
  })

  it.each([
    [5, /^the option protocol has to be a string, not number$/],
    [['chat.v1'], /^the option protocol has to be a string, not an array$/],
    ['', /^'' cannot be a subprotocol: /],
    ['chat v1', /^'chat v1' cannot be a subprotocol: /],
  ])('is refused when no request could offer it: %j', (given, problem) => {
    for (const route of [webSocket, webSocketRaw]) {
      expect(() => Reflect.apply(route, undefined, ['/', { protocol: given }, () => {}])).toThrow(
        problem,
      )
    }
  })

  it('is none where the route names none, whatever is offered', async () => {
    const plain = websockets(webSocket('/', () => {}))
    const client = testWsClient(plain, '/', { protocols: [] })
    await client.closed
    expect(client.protocol).toBe('')
  })
})

describe('a route of raw sessions', () => {
  it('sees every frame, and ends with its handler', async () => {
    const app = websockets(
      webSocketRaw('/frames/:id', async (session) => {
        for await (const frame of session.incoming) {
          const { parameters } = session.call
          if (frame.type === 'close') await session.close(frame.readReason())
          else await session.send(`${parameters.id} ${frame.type} ${frame.fin}`)
        }
      }),
    )
    const client = testWsClient(app, '/frames/7')
    const { link } = await client.opened
    link.sendFrame?.(new Frame.Text(Uint8Array.of(0x61), false))
    link.ping?.()
    link.sendFrame?.(new Frame.Text(Uint8Array.of(0x62)))
    const seen: string[] = []
    for await (const message of client.received()) {
      if (seen.push(message.text()) === 3) break
    }
    client.close(new CloseReason(4000))
    expect(seen).toEqual(['7 text false', '7 ping true', '7 text true'])
    expect((await client.closed).code).toBe(4000)
    expect(link.closeRecord).toMatchObject({ remote: { code: 4000 } })
  })

  it('answers a Close that the handler leaves unanswered', async () => {
    const app = websockets(
      webSocketRaw('/', async (session) => {
        for await (const _ of session.incoming);
      }),
    )
    const client = testWsClient(app)
    client.close(new CloseReason(4000))
    expect((await client.closed).code).toBe(4000)
    expect((await client.opened).link.closeRecord).toMatchObject({ remote: { code: 1000 } })
  })

  it('takes a subprotocol and options, too', async () => {
    const app = websockets(
      webSocketRaw({ protocol: 'raw.v1', limits: { maxFrameSize: 10 } }, (session) =>
        session.send(String(session.maxFrameSize)),
      ),
      webSocketRaw((session) => session.send('any')),
    )
    const client = testWsClient(app, '/', { protocols: 'raw.v1' })
    expect(await texts(client)).toEqual(['10'])
    expect(client.protocol).toBe('raw.v1')
    expect(await texts(testWsClient(app))).toEqual(['any'])
  })
})

describe('the configuration of the server', () => {
  const clock = new VirtualClock()
  const webSockets = {
    clock,
    contentConverter: converterOf(json),
    channels: { incoming: { capacity: 2, onOverflow: 'close' } },
    pingInterval: 1000,
    maxFrameSize: 100,
  } as const

  it('is that of the sessions of its routes', async () => {
    const app = websockets(
      webSocket('/', async (session) => {
        await session.sendSerialized([session.pingInterval, session.maxFrameSize])
        await session.incoming.receive({ timeout: 500 }).catch((error: Error) => {
          void session.send(error.name)
        })
      }),
    )
    const client = testWsClient(app, '/', { webSockets })
    const received = client.received()[Symbol.asyncIterator]()
    expect((await received.next()).value?.json()).toEqual([1000, 100])
    await new Promise((resolve) => setTimeout(resolve))
    clock.advance(500)
    expect((await received.next()).value?.text()).toBe('TimeoutError')
    expect((await client.closed).code).toBe(1000)
  })

  it('gives way to the options of a route', async () => {
    const app = websockets(
      webSocket(
        '/',
        {
          pingInterval: null,
          contentConverter: { ...converterOf(json), serialize: () => 'own' },
          channels: { incoming: { capacity: 3, onOverflow: 'close' } },
        },
        async (session) => {
          await session.sendSerialized(session.pingInterval)
          await session.send(String(session.pingInterval))
          await session.closed
        },
      ),
    )
    const client = testWsClient(app, '/', { webSockets })
    const received = client.received()[Symbol.asyncIterator]()
    expect((await received.next()).value?.text()).toBe('own')
    expect((await received.next()).value?.text()).toBe('0')
    for (let i = 0; i < 4; i++) client.send('x')
    expect((await client.closed).code).toBe(1013)
  })

  it('bounds the channels of raw sessions, too', async () => {
    const app = websockets(webSocketRaw('/', (session) => session.closed))
    const client = testWsClient(app, '/', { webSockets })
    for (let i = 0; i < 3; i++) client.send('x')
    expect((await client.closed).code).toBe(1013)
  })

  it('is refused when it cannot be', () => {
    const app = websockets(webSocket('/', () => {}))
    const bad = { channels: { incoming: { capacity: 0 } } }
    expect(() => testWsClient(app, '/', { webSockets: bad })).toThrow('channels.incoming holds 0')
  })
})

describe('the options of a route', () => {
  it.each([
    [{ channels: { outgoing: { bytes: -1 } } }, 'channels.outgoing holds 1024 frames and -1 bytes'],
    [{ pingInterval: -1 }, 'the option pingInterval is -1'],
    [{ pongTimeout: Number.NaN }, 'the option pongTimeout is NaN'],
    [{ closeTimeout: 2 ** 31 }, 'the option closeTimeout is 2147483648'],
    [{ limits: { maxMessageSize: -1 } }, 'the option maxMessageSize is -1'],
    [{ limits: { maxBufferedAmount: Number.NaN } }, 'the option maxBufferedAmount is NaN'],
    [{ limits: { slowConsumer: 'pause' as 'drop' } }, 'the option slowConsumer is pause'],
    [{ origin: ['https://a.example/'] }, "the option origin has 'https://a.example/'"],
  ])('that cannot be are refused when it is made: %j', (options, message) => {
    expect(() => webSocket('/', options, () => {})).toThrow(message)
    if (!('pingInterval' in options || 'pongTimeout' in options)) {
      expect(() => webSocketRaw(options, () => {})).toThrow(message)
    }
  })
})

it.each([5, null, () => true])(
  'a route of sessions needs a path, where no type says so: %s',
  (path) => {
    for (const route of [webSocket, webSocketRaw]) {
      expect(() => Reflect.apply(route, undefined, [path, {}, () => {}])).toThrow(
        /^a route of sessions needs a string as path, not (number|object|null|function)$/,
      )
    }
  },
)

it.each([[[]], [['/x']], [['/x', {}]], [['/x', () => {}, {}]]])(
  'a route of sessions needs a handler, where no type says so: %j',
  (given: readonly unknown[]) => {
    for (const route of [webSocket, webSocketRaw]) {
      expect(() => Reflect.apply(route, undefined, given)).toThrow(
        /^a route of sessions needs a handler, the last argument, not (undefined|string|object)$/,
      )
    }
  },
)
