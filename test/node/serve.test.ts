import { Server, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { Query } from '../../src/lens/query.ts'
import { connect } from '../../src/node/client/connect.ts'
import { type NodeOptions, node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { accept } from '../../src/websocket/accept.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { HAS_IPV6 } from '../support/ipv6.ts'
import { ACCEPT, handshake, RawClient } from '../support/raw-client.ts'
import { ca, tls } from '../support/tls.ts'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

async function echoed(url: string, text: string): Promise<string> {
  await using client = connect(url, { tls: { ca } })
  client.send(text)
  for await (const message of client.received()) return message.text()
  return 'nothing'
}

describe('serve on node', () => {
  test('answers with the port and the URL it listens on', async () => {
    await using server = await serve(echo, node())
    expect(server.port).toBeGreaterThan(0)
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect(await echoed(server.url, 'hello')).toBe('hello')
  })

  test.runIf(HAS_IPV6)('listens on IPv6 when told to', async () => {
    await using server = await serve(echo, node({ hostname: '::1' }))
    expect(server.url).toBe(`http://[::1]:${server.port}`)
    expect(await echoed(server.url, 'hello')).toBe('hello')
  })

  test('listens with TLS', async () => {
    await using server = await serve(
      websockets(
        bind('/url', (request) => (socket) => {
          socket.send(request.url)
          socket.close()
        }),
      ),
      node({ tls }),
    )
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`)
    expect(await echoed(`wss://127.0.0.1:${server.port}/url`, '')).toBe(
      `https://127.0.0.1:${server.port}/url`,
    )
  })

  test('rejects when the port is taken', async () => {
    await using server = await serve(echo, node())
    await expect(serve(echo, node({ port: server.port }))).rejects.toThrow('EADDRINUSE')
  })

  test('goes on when the system cannot hand over a connection, and tells the hook', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen')
    const onError = vi.fn()
    await using server = await serve(echo, node({ webSockets: { onError } }))
    const http = listen.mock.contexts[0] as Server
    listen.mockRestore()
    const failure = new Error('accept ENOBUFS')
    http.emit('error', failure)
    expect(onError.mock.calls).toEqual([[failure, undefined]])
    expect(await echoed(server.url, 'hello')).toBe('hello')
  })

  test.each<[string, NodeOptions]>([
    ['the option handshakeTimeout is -1', { handshakeTimeout: -1 }],
    ['the option handshakeTimeout is Infinity', { handshakeTimeout: Number.POSITIVE_INFINITY }],
    ['the option maxHeaderSize is NaN', { maxHeaderSize: Number.NaN }],
    ['the option closeTimeout is -5', { webSockets: { closeTimeout: -5 } }],
  ])('rejects what cannot be: %s', async (message, options) => {
    await expect(serve(echo, node(options))).rejects.toThrow(message)
  })

  test.each([301, 600_000])('takes a handshake timeout of %i ms', async (handshakeTimeout) => {
    await using server = await serve(echo, node({ handshakeTimeout }))
    expect(await echoed(server.url, 'hello')).toBe('hello')
  })

  test.each<[string, NodeOptions, number, number]>([
    ['a small one', { maxHeaderSize: 1_000 }, 2_000, 431],
    ['a large one', { maxHeaderSize: 20_000 }, 18_000, 101],
    ['a large one with TLS', { maxHeaderSize: 20_000, tls }, 18_000, 101],
  ])('takes a limit for heads: %s', async (_, options, size, status) => {
    await using server = await serve(echo, node(options))
    const head = handshake('/', { 'X-Long': 'a'.repeat(size) })
    // The head in one piece, and one that Node has to read.
    for (const pieces of [[head], [head.slice(0, 20), head.slice(20)]]) {
      await using client = await RawClient.open(server.port, options.tls !== undefined)
      for (const piece of pieces) {
        client.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(await client.head()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    }
  })

  test('refuses a request of HTTP whose URL cannot be, and tells no hook', async () => {
    const onError = vi.fn()
    const http = ({ url }: Request): Response => new Response(url)
    await using server = await serve(poly({ http }), node({ webSockets: { onError } }))
    for (const path of ['/a', '/a/../b']) {
      await using client = await RawClient.open(server.port)
      client.write(`GET ${path} HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n`)
      expect(await client.rest()).toMatch(/^HTTP\/1.1 400 .*do not make a URL/s)
    }
    expect(onError).not.toHaveBeenCalled()
  })

  test('answers the example of RFC 6455, section 1.3', async () => {
    await using server = await serve(echo, node())
    await using client = await RawClient.open(server.port)
    client.write(handshake())
    expect(await client.head()).toBe(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    )
  })

  test('takes an upgrade on a connection that has been used for HTTP', async () => {
    await using server = await serve(
      poly(routes(bind('/ping', () => new Response('pong'))), websockets(bind('/echo', echo))),
      node(),
    )
    await using client = await RawClient.open(server.port)
    client.write('GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await client.head()).toMatch(/^HTTP\/1.1 200 /)
    expect((await client.bytes(14)).toString()).toBe('4\r\npong\r\n0\r\n\r\n')
    client.write(handshake('/echo'))
    await client.head()
    client.send({ opcode: 1, payload: 'hello' })
    expect(await client.shown()).toBe('1 hello')
  })
})

describe('the HTTP half', () => {
  test('of a handler of WebSockets alone is a 426', async () => {
    await using server = await serve(echo, node())
    const response = await fetch(server.url)
    expect(response.status).toBe(426)
    expect(response.headers.get('upgrade')).toBe('websocket')
  })

  test('of a poly without one is a 426', async () => {
    await using server = await serve({ http: undefined, ws: echo }, node())
    expect((await fetch(server.url)).status).toBe(426)
  })

  test('of a router is a 426 for its paths and a 404 for others', async () => {
    await using server = await serve(websockets(bind('/echo', echo)), node())
    expect((await fetch(`${server.url}/echo`)).status).toBe(426)
    expect((await fetch(`${server.url}/other`)).status).toBe(404)
  })

  test('may turn a request into a WebSocket, when it asks for one', async () => {
    await using server = await serve(
      poly(routes(bind('/chat', () => new WebSocketUpgrade(accept((socket) => socket.close()))))),
      node(),
    )
    expect((await fetch(`${server.url}/chat`)).status).toBe(426)
  })

  test('may answer an upgrade with a WebSocket', async () => {
    const app = poly(
      routes(
        bind(
          '/chat/:name',
          ({ params }) => new WebSocketUpgrade(accept((socket) => void socket.send(params.name))),
        ),
      ),
    )
    await using server = await serve(app, node())
    expect(await echoed(`${server.url}/chat/ann`, '')).toBe('ann')
  })

  test.each(['throws', 'rejects'])('that %s is a 500, told to the hook', async (how) => {
    const reports: unknown[] = []
    const fails = (): Promise<Response> => {
      if (how === 'throws') throw new Error('secret')
      return Promise.reject(new Error('secret'))
    }
    await using server = await serve(
      poly({ http: fails }),
      node({ webSockets: { onError: (error, socket) => reports.push([error.message, socket]) } }),
    )
    const response = await fetch(server.url)
    expect([response.status, await response.text()]).toEqual([500, 'the handler failed\n'])
    expect(reports).toEqual([['secret', undefined]])
  })

  test('in which a lens fails is a 400 that says the same, and nobody is told', async () => {
    const reports: unknown[] = []
    const page = Query.int().required('page')
    await using server = await serve(
      poly(routes(bind('/', (request) => new Response(String(page(request)))))),
      node({ webSockets: { onError: (error) => reports.push(error) } }),
    )
    const response = await fetch(server.url)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain("query 'page'")
    expect(reports).toEqual([])
  })

  test('answers a request for another upgrade as if it had not asked', async () => {
    const app = poly(routes(bind('/ping', ({ method }) => new Response(`pong ${method}`))))
    await using server = await serve(app, node())
    await using client = await RawClient.open(server.port)
    const h2c = { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings', 'HTTP2-Settings': 'AAMA' }
    client.write(handshake('/ping', h2c))
    const answer = await client.rest()
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain('\r\nConnection: close\r\n')
    expect(answer).toContain('pong GET')
    await client.closed
  })

  test('answers such a request with more than fits in one write', async () => {
    const piece = 'a'.repeat(50_000)
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(Buffer.from(piece))
        controller.close()
      },
    })
    await using server = await serve(poly({ http: () => new Response(pieces) }), node())
    await using client = await RawClient.open(server.port)
    client.write(handshake('/', { Upgrade: 'h2c' }))
    const answer = await client.rest()
    expect(answer.length).toBeGreaterThan(40 * piece.length)
    expect(answer.endsWith('\r\n0\r\n\r\n')).toBe(true)
  })

  test('hears of the end of an upgraded connection once, at its socket', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen')
    await using server = await serve(() => () => {}, node())
    const http = listen.mock.contexts[0] as Server
    listen.mockRestore()
    const connections: Socket[] = []
    http.on('connection', (connection) => connections.push(connection))
    await using _ = await RawClient.upgraded(server.port)
    // Of this one, Node has read a request before.
    await using used = await RawClient.open(server.port)
    used.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    // The head, and the end of the last chunk.
    for (let i = 0; i < 2; i++) await used.head()
    used.write(handshake())
    expect(await used.head()).toContain(ACCEPT)
    for (const connection of connections) expect(connection.listenerCount('close')).toBe(1)
  })

  test('refuses another upgrade with a body, which Node does not read', async () => {
    await using server = await serve(
      poly(routes(bind('/ping', () => new Response('pong')))),
      node(),
    )
    await using client = await RawClient.open(server.port)
    client.write(`${handshake('/ping', { Upgrade: 'h2c', 'Content-Length': '3' }, 'POST')}abc`)
    expect(await client.head()).toMatch(/^HTTP\/1.1 405 /)
  })
})

test('the engine has a name', () => {
  expect(node().name).toBe('node')
})
