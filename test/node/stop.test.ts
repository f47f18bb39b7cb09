import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../src/client/deferred.ts'
import { connect } from '../../src/node/client/connect.ts'
import { type NodeOptions, node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { Server } from '../../src/websocket/server.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { child } from '../support/child.ts'
import { duplexPair } from '../support/duplex-pair.ts'
import { clientFrames, RawClient } from '../support/raw-client.ts'
import { ca, tls } from '../support/tls.ts'

function serving(consumer: WsConsumer = () => {}, options: NodeOptions = {}): Promise<Server> {
  return serve(() => consumer, node(options))
}

/** A server of plain HTTP that answers when it is told to, `/quick` at once. */
async function slowHttp(options: NodeOptions = {}): Promise<{
  server: Server
  asked: Promise<void>
  answer(): void
}> {
  let ask!: () => void
  let answer!: () => void
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const http = async ({ url }: Request): Promise<Response> => {
    if (url.endsWith('/quick')) return new Response('soon')
    ask()
    await answered
    return new Response('done')
  }
  return { server: await serve({ http, ws: undefined }, node(options)), asked, answer }
}

/** A client that has sent the beginning of a request, which the server has read. */
async function begun(port: number, secure: boolean): Promise<RawClient> {
  const client = await RawClient.open(port, secure)
  client.write('GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n')
  await client.head()
  await client.bytes('4\r\nsoon\r\n0\r\n\r\n'.length)
  await new Promise((resolve) => setImmediate(resolve))
  return client
}

afterEach(() => {
  vi.useRealTimers()
})

describe('stop', () => {
  test('says 1001 to both sides', async () => {
    const ends: string[] = []
    const server = await serving((socket) => {
      socket.onClose((status) => ends.push(`server ${status.code} ${status.message}`))
    })
    const clients = [connect(server.url), connect(server.url)]
    await Promise.all(clients.map(({ opened }) => opened))
    await server.stop()
    for (const client of clients) {
      const { code, message } = await client.closed
      ends.push(`client ${code} ${message}`)
    }
    expect(ends.sort()).toEqual([
      'client 1001 Going away',
      'client 1001 Going away',
      'server 1001 Going away',
      'server 1001 Going away',
    ])
  })

  test('says another status when told to', async () => {
    const server = await serving()
    const client = connect(server.url)
    await client.opened
    await server.stop({ status: WsStatus.SERVICE_RESTART })
    expect((await client.closed).code).toBe(1012)
  })

  test('delivers what send accepted before it', async () => {
    const server = await serving((socket) => {
      for (let i = 0; i < 1_000; i++) socket.send(`${i} ${'x'.repeat(1_000)}`)
    })
    const client = connect(server.url)
    await client.opened
    const stopped = server.stop()
    let count = 0
    for await (const message of client.received()) expect(message.text()).toMatch(`${count++} x`)
    expect(count).toBe(1_000)
    await stopped
  })

  test('waits for a peer that answers late', async () => {
    const clock = new VirtualClock()
    const server = await serving(() => {}, { webSockets: { clock } })
    await using client = await RawClient.upgraded(server.port)
    let stopped = false
    const stopping = server.stop({ drain: 5_000 }).then(() => {
      stopped = true
    })
    expect(await client.shown()).toBe('close 1001 Going away')
    clock.advance(4_999)
    expect(stopped).toBe(false)
    client.write(clientFrames({ opcode: 8, payload: Uint8Array.of(3, 0xe9) }))
    await stopping
    expect(clock.pending).toBe(0)
  })

  test('does not wait for those who read nothing of what their peers send', async () => {
    const clock = new VirtualClock()
    const app = websockets(
      webSocket('/session', async ({ closed }) => {
        await closed
      }),
      bind('/link', () => (socket) => socket.link.pause?.()),
    )
    const server = await serve(app, node({ webSockets: { clock } }))
    const clients = ['session', 'link'].map((path) => connect(`${server.url}/${path}`))
    for (const client of clients) {
      await client.opened
      for (let i = 0; i < 3_000; i++) client.send('x'.repeat(1_000))
    }
    await server.stop()
    for (const client of clients) expect((await client.closed).code).toBe(1001)
    expect(clock.pending).toBe(0)
  })

  test.each(['handler', 'consumer'])('waits for a %s that has something to finish', async (who) => {
    const clock = new VirtualClock()
    const did: string[] = []
    const written = deferred<void>()
    const finish = async (): Promise<void> => {
      did.push('writes')
      await written.promise
      did.push('written')
    }
    const app = websockets(
      webSocket('/handler', async ({ incoming }) => {
        try {
          for await (const _ of incoming);
        } finally {
          await finish()
        }
      }),
      bind('/consumer', () => async (socket) => {
        await new Promise((resolve) => socket.onClose(resolve))
        await finish()
      }),
    )
    const server = await serve(app, node({ webSockets: { clock } }))
    const client = connect(`${server.url}/${who}`)
    await client.opened
    const stopping = server.stop({ drain: 5_000 }).then(() => did.push('stopped'))
    await client.closed
    await vi.waitUntil(() => did.includes('writes'), { interval: 1 })
    clock.advance(4_999)
    written.resolve()
    await stopping
    expect(did).toEqual(['writes', 'written', 'stopped'])
    expect(clock.pending).toBe(0)
  })

  test('waits for no handler past its deadline', async () => {
    const clock = new VirtualClock()
    const app = websockets(webSocket('/', () => new Promise(() => {})))
    const server = await serve(app, node({ webSockets: { clock } }))
    const client = connect(server.url)
    await client.opened
    const stopping = server.stop({ drain: 5_000 })
    await client.closed
    clock.advance(5_000)
    await stopping
  })

  test('lets go of a peer that never answers', async () => {
    const ends: number[] = []
    const clock = new VirtualClock()
    const server = await serving((socket) => socket.onClose(({ code }) => ends.push(code)), {
      webSockets: { clock },
    })
    await using client = await RawClient.upgraded(server.port)
    const stopping = server.stop({ drain: 5_000 })
    expect(await client.shown()).toBe('close 1001 Going away')
    clock.advance(5_000)
    await stopping
    await client.closed
    expect(ends).toEqual([1001])
    expect(clock.pending).toBe(0)
  })

  test('lets go of a peer that does not even read', async () => {
    const server = await serving((socket) => {
      for (let i = 0; i < 250; i++) socket.send(new Uint8Array(65_536))
    })
    await using client = await RawClient.upgraded(server.port)
    client.socket.pause()
    await server.stop({ drain: 20 })
    client.socket.resume()
    await client.closed
  })

  test('spreads the closes over the time it is given', async () => {
    const clock = new VirtualClock()
    const server = await serving(() => {}, { webSockets: { clock } })
    const ends: number[] = []
    const clients = Array.from({ length: 40 }, () => connect(server.url))
    await Promise.all(clients.map(({ opened }) => opened))
    for (const client of clients) void client.closed.then(() => ends.push(clock.now()))
    let drawn = 0
    const random = vi.spyOn(Math, 'random').mockImplementation(() => (drawn++ + 0.5) / 40)
    const stopping = server.stop({ over: 1_000 })
    random.mockRestore()
    clock.advance(500)
    await vi.waitFor(() => expect(ends).toHaveLength(20), { interval: 1 })
    clock.advance(500)
    await stopping
    await Promise.all(clients.map(({ closed }) => closed))
    expect(ends.filter((time) => time === 1_000)).toHaveLength(20)
    expect(clock.pending).toBe(0)
  })

  test('with a deadline before the end of the spread closes all before it', async () => {
    const clock = new VirtualClock()
    const server = await serving(() => {}, { webSockets: { clock } })
    const clients = Array.from({ length: 10 }, () => connect(server.url))
    await Promise.all(clients.map(({ opened }) => opened))
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.99)
    const stopping = server.stop({ over: 60_000, drain: 100 })
    random.mockRestore()
    clock.advance(99.9)
    for (const client of clients) expect((await client.closed).code).toBe(1001)
    await stopping
  })

  test('takes no further connections', async () => {
    const server = await serving()
    await server.stop()
    const error = await connect(server.url).opened.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'WebSocketConnectException', stage: 'tcp' })
  })

  test('again is the same stop', async () => {
    const server = await serving()
    const client = connect(server.url)
    await client.opened
    const [first, second] = [server.stop(), server.stop({ drain: 0 })]
    expect(second).toBe(first)
    await first
    expect((await client.closed).code).toBe(1001)
    await server[Symbol.asyncDispose]()
  })

  test('is what disposing does', async () => {
    let client: ReturnType<typeof connect>
    {
      await using server = await serving()
      client = connect(server.url)
      await client.opened
    }
    expect((await client.closed).code).toBe(1001)
  })

  test.each([
    [{ drain: -1 }, 'the option drain is -1'],
    [{ over: Number.POSITIVE_INFINITY }, 'the option over is Infinity'],
    [{ status: WsStatus.ABNORMAL_CLOSE }, 'close code 1006 cannot be sent'],
  ])('with %j is a RangeError, and the server goes on', async (options, message) => {
    await using server = await serving()
    expect(() => server.stop(options)).toThrow(RangeError)
    expect(() => server.stop(options)).toThrow(message)
    const client = connect(server.url)
    await client.opened
  })
})

describe.each([
  ['http', {}],
  ['https', { tls }],
])('stop over %s', (_, options: NodeOptions) => {
  const secure = 'tls' in options

  test('is not held by connections that wait for nothing', async () => {
    // Nor by what is looked at from time to time.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const server = await serving(() => {}, options)
    await using silent = await RawClient.open(server.port)
    await using before = await RawClient.open(server.port, secure)
    await using kept = await RawClient.open(server.port, secure)
    kept.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await kept.head()).toMatch(/^HTTP\/1.1 426 /)
    await server.stop({ drain: 60_000 })
    await Promise.all([silent.closed, before.closed, kept.closed])
  })

  test('waits for requests that are being answered, and then for nothing more', async () => {
    const { server, asked, answer } = await slowHttp(options)
    await using client = await RawClient.open(server.port, secure)
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await asked
    const stopped = server.stop({ drain: 60_000 })
    answer()
    // Clients are told that their connection ends with the answer.
    expect(await client.rest()).toMatch(/\r\nConnection: close\r\n.*done/s)
    await stopped
  })

  test('answers what was pipelined before it, and says so with the last', async () => {
    const { server, asked, answer } = await slowHttp(options)
    await using client = await RawClient.open(server.port, secure)
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2))
    await asked
    const stopped = server.stop({ drain: 60_000 })
    answer()
    expect((await client.rest()).match(/\r\nConnection: [^\r]*/g)).toEqual([
      '\r\nConnection: keep-alive',
      '\r\nConnection: close',
    ])
    await stopped
  })

  test('says so with the last of several answers, even when the first has been sent', async () => {
    const { server, asked, answer } = await slowHttp(options)
    await using client = await RawClient.open(server.port, secure)
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    client.write(get('/quick') + get('/'))
    await asked
    expect(await client.head()).toContain('\r\nConnection: keep-alive\r\n')
    await new Promise((resolve) => setImmediate(resolve))
    const stopped = server.stop({ drain: 60_000 })
    answer()
    expect(await client.rest()).toContain('\r\nConnection: close\r\n')
    await stopped
  })

  test('is not held by an answer that had begun, once it ends', async () => {
    let finish!: () => void
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('begun'))
        finish = () => controller.close()
      },
    })
    const http = (): Response => new Response(body)
    const server = await serve({ http, ws: undefined }, node(options))
    await using client = await RawClient.open(server.port, secure)
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.head()
    const stopped = server.stop({ drain: 60_000 })
    finish()
    expect(await client.rest()).toMatch(/begun\r\n0\r\n\r\n$/)
    await stopped
  })

  test('answers a request that had begun, and says so', async () => {
    const clock = new VirtualClock()
    const { server, answer } = await slowHttp({ ...options, webSockets: { clock } })
    answer()
    await using client = await begun(server.port, secure)
    const stopped = server.stop({ drain: 60_000 })
    clock.advance(999)
    client.write('Host: localhost\r\n\r\n')
    expect(await client.rest()).toMatch(/\r\nConnection: close\r\n.*done/s)
    await stopped
    expect(clock.pending).toBe(0)
  })

  test('waits a second for the rest of a head, and no longer', async () => {
    const clock = new VirtualClock()
    const { server, asked, answer } = await slowHttp({ ...options, webSockets: { clock } })
    await using client = await begun(server.port, secure)
    await using other = await RawClient.open(server.port, secure)
    other.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await asked
    const stopped = server.stop({ drain: 60_000 })
    clock.advance(1_000)
    await client.closed
    answer()
    expect(await other.rest()).toContain('done')
    await stopped
    expect(clock.pending).toBe(0)
  })

  test('lets go of requests that take too long', async () => {
    const { server, asked, answer } = await slowHttp(options)
    await using client = await RawClient.open(server.port, secure)
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await asked
    await server.stop({ drain: 20 })
    await client.closed
    answer()
  })
})

test('a stop is not held by a TLS handshake that does not go on', async () => {
  const server = await serving(() => {}, { tls })
  await using client = await RawClient.open(server.port)
  client.write(Uint8Array.of(0x16, 0x03, 0x01))
  await server.stop({ drain: 20 })
  await client.closed
})

test('a stop waits no longer than a second for a TLS handshake', async () => {
  const clock = new VirtualClock()
  const server = await serving(() => {}, { tls, webSockets: { clock } })
  await using client = await RawClient.open(server.port)
  client.write(Uint8Array.of(0x16, 0x03, 0x01))
  await vi.waitUntil(() => client.socket.bytesWritten === 3, { interval: 1 })
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  const stopped = server.stop({ drain: 60_000 })
  clock.advance(1_000)
  await stopped
  await client.closed
})

test('a TLS handshake that does not go on is dropped in time', async () => {
  await using server = await serving(() => {}, { tls, handshakeTimeout: 50 })
  await using client = await RawClient.open(server.port)
  client.write(Uint8Array.of(0x16, 0x03, 0x01))
  await client.closed
})

test('a stop drops a connection whose TLS handshake ends meanwhile', async () => {
  const server = await serving(() => {}, { tls })
  await using client = await RawClient.open(server.port)
  const [near, far] = duplexPair()
  const secure = new RawClient(connectTls({ socket: near, ca, servername: 'localhost' }))
  const hello = await new Promise<Buffer>((resolve) => far.once('data', resolve))
  client.write(hello.subarray(0, 1))
  await vi.waitUntil(() => client.socket.bytesWritten === 1, { interval: 1 })
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const stopped = server.stop({ drain: 60_000 })
  expect(client.socket.destroyed).toBe(false)
  client.socket.on('data', (chunk) => far.write(chunk))
  far.on('data', (chunk) => client.write(chunk))
  client.write(hello.subarray(1))
  await stopped
  await client.closed
  secure.socket.destroy()
})

test('a stop keeps the process alive until it is done', async () => {
  const { code, output, errors } = await child('stops')
  expect(errors).toBe('')
  expect(output.split('\n')).toEqual([
    'a handshake was being decided',
    'a handshake was being decided on a server of node:http',
    'a socket was paused',
    '',
  ])
  expect(code).toBe(0)
})
