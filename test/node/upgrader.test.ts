import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../../src/node/client/connect.ts'
import { type UpgraderOptions, upgrader } from '../../src/node/upgrader.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { accept } from '../../src/websocket/accept.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { CountedExtension } from '../support/counted-extension.ts'
import { BareServer } from '../support/http-server.ts'
import { clientFrames, handshake, RawClient } from '../support/raw-client.ts'

describe('handleUpgrade', () => {
  test('makes sockets of the upgrades that it is given', async () => {
    const { handleUpgrade } = upgrader(() => (socket) => socket.send('hello'))
    await using server = await BareServer.listen()
    server.http.on('upgrade', (request, stream, head) => {
      if (request.url === '/mine') handleUpgrade(request, stream, head)
      else stream.end('HTTP/1.1 403 Not Mine\r\n\r\n')
    })
    await using client = await RawClient.upgraded(server.port, '/mine')
    expect(await client.shown()).toBe('1 hello')
    await using other = await RawClient.open(server.port)
    other.write(handshake('/other'))
    expect(await other.rest()).toMatch(/^HTTP\/1.1 403 Not Mine/)
  })

  test('serves both halves of a poly handler', async () => {
    const app = poly(
      routes(
        bind('/http', () => new WebSocketUpgrade(accept((socket) => void socket.send('http')))),
      ),
      websockets(bind('/ws', () => (socket) => socket.send('ws'))),
    )
    const upgrades = upgrader(app)
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    for (const half of ['http', 'ws']) {
      await using client = await RawClient.upgraded(server.port, `/${half}`)
      expect(await client.shown()).toBe(`1 ${half}`)
    }
    await upgrades.stop({ drain: 0 })
  })

  test('resets timeout and delay of a stream, and leaves it only the listeners of the socket', async () => {
    const listeners: number[][] = []
    for (const handler of [() => () => {}, async () => () => {}]) {
      await using server = await BareServer.listen()
      server.http.timeout = 60_000
      server.http.on('connection', (stream) => stream.setNoDelay(false))
      const streams: Socket[] = []
      const noDelay: unknown[] = []
      server.http.on('upgrade', (_, stream: Socket) => {
        streams.push(stream)
        vi.spyOn(stream, 'setNoDelay').mockImplementation((on) => {
          noDelay.push(on)
          return stream
        })
      })
      server.http.on('upgrade', upgrader(handler).handleUpgrade)
      await using _ = await RawClient.upgraded(server.port)
      expect([streams[0]!.timeout, noDelay]).toEqual([0, [true]])
      listeners.push(['error', 'close'].map((event) => streams[0]!.listenerCount(event)))
    }
    expect(listeners[1]).toEqual(listeners[0])
  })

  test('ignores a stream that has ended, and its later errors', async () => {
    const { handleUpgrade } = upgrader(() => () => expect.unreachable())
    await using server = await BareServer.listen()
    // What is still to be sent does not get out.
    const stream = new Duplex({ read() {}, final() {} })
    stream.end()
    server.http.on('upgrade', (request) => handleUpgrade(request, stream, Buffer.alloc(0)))
    await using client = await RawClient.open(server.port)
    const upgrading = once(server.http, 'upgrade')
    client.write(handshake())
    await upgrading
    stream.destroy(new Error('reset'))
    await new Promise((resolve) => stream.once('close', resolve))
  })

  test('counts open sockets, and closes them when it is stopped', async () => {
    const upgrades = upgrader(() => () => {})
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    const client = connect(server.url)
    await client.opened
    expect(upgrades.size).toBe(1)
    await upgrades.stop()
    expect(upgrades.size).toBe(0)
    expect((await client.closed).code).toBe(1001)
    await using late = await RawClient.open(server.port)
    late.write(handshake())
    const answer = await late.rest()
    expect(answer).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/)
    expect(answer).toMatch(/\r\nretry-after: 1\r\n/i)
  })
})

/** An upgrader whose handler answers when it is told to. */
async function pondering(
  consumer: WsConsumer = () => {},
  options: UpgraderOptions = {},
): Promise<{
  server: BareServer
  upgrades: ReturnType<typeof upgrader>
  asked: Promise<void>
  answer(decision?: Response): void
}> {
  let ask!: () => void
  let answer!: (decision?: Response) => void
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const answered = new Promise<Response | undefined>((resolve) => {
    answer = resolve
  })
  const upgrades = upgrader(async () => {
    ask()
    return (await answered) ?? consumer
  }, options)
  const server = await BareServer.listen()
  server.http.on('upgrade', upgrades.handleUpgrade)
  return { server, upgrades, asked, answer }
}

describe('while the handler decides', () => {
  test('a stream that throws when it is written to is let go of, and the hook hears of it', async () => {
    const failure = new Error('nothing can be written')
    const stream = new Duplex({
      read() {},
      write() {
        throw failure
      },
    })
    const onError = vi.fn()
    const extension = new CountedExtension()
    const upgrades = upgrader(async () => () => {}, { onError, extensions: [extension] })
    await using server = await BareServer.listen()
    server.http.on('upgrade', (request) => upgrades.handleUpgrade(request, stream, Buffer.alloc(0)))
    await using client = await RawClient.open(server.port)
    client.write(handshake('/', { 'Sec-WebSocket-Extensions': 'x-counted' }))
    await once(stream, 'close')
    expect(onError.mock.calls).toEqual([[failure, undefined]])
    expect([upgrades.size, extension.made, extension.open]).toEqual([0, 1, 0])
  })

  test('what the client says is kept for the socket', async () => {
    const { server, asked, answer } = await pondering((socket) =>
      socket.onMessage((message) => socket.send(message)),
    )
    await using _ = server
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    await asked
    client.send({ opcode: 1, payload: 'early' }, { opcode: 1, payload: 'bird' })
    await once(server.sockets[0]!, 'readable')
    answer()
    await client.head()
    expect([await client.shown(), await client.shown()]).toEqual(['1 early', '1 bird'])
  })

  test('a client that resets is noticed, and neither consumer nor extensions are left with it', async () => {
    let consumed = false
    const extension = new CountedExtension()
    const { server, upgrades, asked, answer } = await pondering(
      () => {
        consumed = true
      },
      { extensions: [extension] },
    )
    await using _ = server
    const client = await RawClient.open(server.port)
    client.write(handshake('/', { 'Sec-WebSocket-Extensions': 'x-counted' }))
    await asked
    client.socket.resetAndDestroy()
    await new Promise((resolve) => server.sockets[0]!.once('close', resolve))
    answer()
    await upgrades.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect([consumed, extension.made, extension.open]).toEqual([false, 1, 0])
  })

  test.each<UpgraderOptions>([{}, { unmatched: 'ignore' }])(
    'a stream that somebody else ends stays without a socket, and is let go of: %j',
    async (options) => {
      let consumed = false
      const extension = new CountedExtension()
      const { server, upgrades, asked, answer } = await pondering(
        () => {
          consumed = true
        },
        { ...options, extensions: [extension] },
      )
      await using _ = server
      await using client = await RawClient.open(server.port)
      client.write(handshake('/', { 'Sec-WebSocket-Extensions': 'x-counted' }))
      await asked
      client.send({ opcode: 1, payload: 'unread' })
      await once(server.sockets[0]!, 'readable')
      server.sockets[0]!.end('HTTP/1.1 503 Not Mine\r\n\r\n')
      answer()
      expect(await client.rest()).toBe('HTTP/1.1 503 Not Mine\r\n\r\n')
      await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true))
      await upgrades.stop()
      expect([consumed, extension.made, extension.open]).toEqual([false, 1, 0])
    },
  )

  test('a client that resets does not hear the refusal, and whoever makes it is told', async () => {
    const { server, asked, answer } = await pondering()
    await using _ = server
    const client = await RawClient.open(server.port)
    client.write(handshake())
    await asked
    const closed = new Promise((resolve) => server.sockets[0]!.once('close', resolve))
    client.socket.resetAndDestroy()
    await closed
    await new Promise<void>((cancel) => {
      answer(new Response(new ReadableStream({ cancel }), { status: 403 }))
    })
  })

  test('a client that ends its side is noticed', async () => {
    let gone!: (code: number) => void
    const closed = new Promise<number>((resolve) => {
      gone = resolve
    })
    const { server, upgrades, asked, answer } = await pondering((socket) =>
      socket.onClose(({ code }) => gone(code)),
    )
    await using _ = server
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    await asked
    client.socket.end()
    await once(server.sockets[0]!, 'end')
    answer()
    expect(await closed).toBe(1006)
    expect(upgrades.size).toBe(0)
    await client.closed
  })

  test('a client that resets does not hear the refusal, and nobody is disturbed', async () => {
    const { server, upgrades, asked, answer } = await pondering()
    await using _ = server
    const client = await RawClient.open(server.port)
    client.write(handshake())
    await asked
    client.socket.resetAndDestroy()
    await client.closed
    answer(new Response('no', { status: 403 }))
    await upgrades.stop()
  })

  test('a stop refuses it', async () => {
    const extension = new CountedExtension()
    const { server, upgrades, asked, answer } = await pondering(() => {}, {
      extensions: [extension],
    })
    await using _ = server
    await using client = await RawClient.open(server.port)
    client.write(handshake('/', { 'Sec-WebSocket-Extensions': 'x-counted' }))
    await asked
    const stopped = upgrades.stop()
    answer()
    expect(await client.rest()).toMatch(/^HTTP\/1.1 503 /)
    client.socket.end()
    await stopped
    expect([extension.made, extension.open]).toEqual([1, 0])
  })

  test('a stop lets go of it at the deadline', async () => {
    const { server, upgrades, asked, answer } = await pondering()
    await using _ = server
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    await asked
    expect(upgrades.size).toBe(0)
    await upgrades.stop({ drain: 10 })
    await client.closed
    answer()
  })
})

describe('a refused client', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('that resets while it is answered disturbs nobody', async () => {
    const upgrades = upgrader(() => new Response('no'.repeat(1_000_000), { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    const client = await RawClient.open(server.port)
    client.write(handshake())
    await client.head()
    client.socket.resetAndDestroy()
    await upgrades.stop()
  })

  test('that resets while the answer is being made disturbs nobody, and leaves no timer', async () => {
    let made!: () => void
    const making = new Promise<void>((resolve) => {
      made = resolve
    })
    const body = new ReadableStream({
      async pull(controller) {
        await making
        controller.enqueue(new TextEncoder().encode('no'))
        controller.close()
      },
    })
    const upgrades = upgrader(() => new Response(body, { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    const client = await RawClient.open(server.port)
    client.write(handshake())
    await once(server.http, 'upgrade')
    client.socket.resetAndDestroy()
    await new Promise((resolve) => server.sockets[0]!.once('close', resolve))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    made()
    await upgrades.stop()
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(vi.getTimerCount()).toBe(0)
  })

  /** A client that is refused, while timers stand still. */
  async function refused(
    use: (client: RawClient, socket: () => Duplex) => Promise<void>,
  ): Promise<void> {
    const upgrades = upgrader(() => new Response('no', { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    await use(client, () => server.sockets[0]!)
  }

  test('that never goes away is let go of after five seconds', async () => {
    await refused(async (client, socket) => {
      await client.rest()
      expect(socket().destroyed).toBe(false)
      vi.advanceTimersByTime(5_000)
      expect(socket().destroyed).toBe(true)
    })
  })

  test('that goes away is let go of at once, and leaves no timer', async () => {
    await refused(async (client, socket) => {
      client.write(Buffer.alloc(100_000))
      await client.rest()
      const closed = once(socket(), 'close')
      client.socket.end()
      await closed
      expect(vi.getTimerCount()).toBe(0)
    })
  })

  test('that goes on sending still gets the whole answer', async () => {
    const upgrades = upgrader(() => new Response('no', { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    client.write(Buffer.alloc(1_000_000))
    expect(await client.rest()).toMatch(/\r\n\r\nno$/)
  })

  test('that has nothing more to send still gets the whole answer', async () => {
    const body = 'no'.repeat(4_000_000)
    const upgrades = upgrader(() => new Response(body, { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    await using client = await RawClient.open(server.port)
    client.socket.end(handshake())
    await client.head()
    expect((await client.rest()).length).toBe(body.length)
    await upgrades.stop({ drain: 60_000 })
  })

  test('that never goes away does not hold a stop beyond its deadline', async () => {
    const upgrades = upgrader(() => new Response('no', { status: 403 }))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    await client.rest()
    await upgrades.stop({ drain: 10 })
    client.socket.end()
  })
})

describe('bytes that come with the handshake', () => {
  test('are read as frames', async () => {
    const { handleUpgrade } = upgrader(
      () => (socket) => socket.onMessage((message) => socket.send(message)),
    )
    await using server = await BareServer.listen()
    server.http.on('upgrade', handleUpgrade)
    await using client = await RawClient.open(server.port)
    const frames = clientFrames({ opcode: 1, payload: 'one' }, { opcode: 1, payload: 'two' })
    client.write(Buffer.concat([Buffer.from(handshake()), frames.subarray(0, 12)]))
    await client.head()
    expect(await client.shown()).toBe('1 one')
    client.write(frames.subarray(12))
    expect(await client.shown()).toBe('1 two')
  })
})

test.each(['ignor', '404', true])('what is unmatched is answered or left, and not %o', (given) => {
  const untyped: object = { unmatched: given }
  expect(() => upgrader(() => undefined, untyped)).toThrow(
    /^the option unmatched is .* it must be 404 or 'ignore'$/,
  )
})
