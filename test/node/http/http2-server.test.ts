import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connect } from '../../../src/node/client/connect.ts'
import { type NodeOptions, node } from '../../../src/node/engine.ts'
import { bind } from '../../../src/routing/bind.ts'
import { routes } from '../../../src/routing/http-router.ts'
import { poly } from '../../../src/routing/poly.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Server } from '../../../src/websocket/server.ts'
import { bytes } from '../../support/hex.ts'
import { Http2Client } from '../../support/http2-client.ts'
import { clientFrames, RawClient } from '../../support/raw-client.ts'
import { ca, tls } from '../../support/tls.ts'

const errors: Error[] = []
const CLOSE = { opcode: 8, payload: Uint8Array.of(0x03, 0xe8) }

/** What HTTP/2 has not, and Node would throw for. */
const OF_CONNECTIONS = {
  Connection: 'close',
  'Keep-Alive': 'timeout=5',
  TE: 'gzip',
  'Transfer-Encoding': 'chunked',
  Upgrade: 'h2c',
}

/** A server with HTTP/2 whose `/slow` answers when `answer` is called. */
async function listen(
  options: NodeOptions = {},
  cancelled?: () => void,
): Promise<Server & { answer(): void }> {
  let answer!: () => void
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const app = poly(
    routes(
      bind('/ping', ({ raw, remoteAddress }) => Response.json([raw.url, remoteAddress])),
      bind('/body', async ({ raw }) => new Response(await raw.text())),
      bind('/slow', async () => {
        await answered
        return new Response('done')
      }),
      bind('/connection', () => new Response('sent', { headers: OF_CONNECTIONS })),
      bind('/broken', () => new Response(brokenBody())),
      bind('/endless', () => new Response(endlessBody(cancelled))),
    ),
    websockets(
      bind('/echo', () => (socket) => {
        socket.onMessage((message) => socket.send(message))
      }),
    ),
  )
  const onError = (error: Error): unknown => errors.push(error)
  const server = await serve(app, node({ tls, http2: true, webSockets: { onError }, ...options }))
  return { ...server, answer }
}

function brokenBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.error(new Error('no more'))
    },
  })
}

/** Begins, and does not end. */
function endlessBody(cancel?: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1))
    },
    ...(cancel && { cancel }),
  })
}

async function ask(
  { session }: Http2Client,
  path: string,
  body?: string,
): Promise<readonly [status: number, text: string]> {
  const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST' })
  stream.on('error', () => {})
  stream.end(body)
  const [headers] = await once(stream, 'response')
  return [headers[':status'], Buffer.concat(await stream.toArray().catch(() => [])).toString()]
}

/** What a client begins with, with settings that say nothing, and a request for `/`. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')
const GET = bytes('00000e 01 05 00000001 82 84 87 41 09 6c6f63616c686f7374')

/** A connection that speaks HTTP/2, and on which nothing has been sent. */
async function silent(
  { port }: Server,
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'], ...options })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket.resume()
}

describe('node() with HTTP/2', () => {
  test('needs TLS', async () => {
    const starting = serve(() => () => {}, node({ http2: true }))
    await expect(starting).rejects.toThrow('the option http2 needs tls')
  })

  test('answers requests and WebSockets over one connection', async () => {
    await using server = await listen()
    await using client = await Http2Client.connect(server.url)
    const url = `${server.url}/ping`
    expect(await ask(client, '/ping')).toEqual([200, JSON.stringify([url, '127.0.0.1'])])
    expect(await ask(client, '/body', 'a body')).toEqual([200, 'a body'])
    expect((await ask(client, '/echo'))[0]).toBe(426)
    const tunnel = await client.open('/echo')
    tunnel.send({ opcode: 1, payload: 'hello' }, CLOSE)
    expect(await tunnel.shown()).toEqual(['1 hello', 'close 1000'])
    // A page is no WebSocket.
    expect((await client.open('/ping')).status).toBe(404)
    expect((await client.open('/nothing')).status).toBe(404)
    expect((await client.open('/', { ':protocol': 'connect-udp' })).status).toBe(501)
  })

  test('answers requests and WebSockets over HTTP/1.1', async () => {
    await using server = await listen()
    await using client = connect(`${server.url}/echo`, { tls: { ca } })
    client.send('hello')
    for await (const message of client.received()) {
      expect(message.text()).toBe('hello')
      break
    }
    await using raw = await RawClient.open(server.port, true)
    raw.write('GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(await raw.rest()).toMatch(/^HTTP\/1\.1 200 .*"https:\/\/localhost\/ping"/s)
  })

  test('treats HTTP/1.1 as a server without HTTP/2 does', async () => {
    await using server = await listen()
    await using raw = await RawClient.open(server.port, true)
    raw.write('GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await raw.head()).toMatch(/^HTTP\/1\.1 200 .*\r\nKeep-Alive: timeout=5\r\n/s)
    await using lacking = await RawClient.open(server.port, true)
    lacking.write('GET /ping HTTP/1.1\r\n\r\n')
    expect(await lacking.rest()).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('leaves out the headers of connections', async () => {
    await using server = await listen()
    await using client = await Http2Client.connect(server.url)
    const [headers] = await once(client.session.request({ ':path': '/connection' }), 'response')
    expect(Object.keys(headers)).toEqual([':status', 'content-type', 'date'])
  })

  test('resets the stream of a body that fails, and tells the hook', async () => {
    errors.length = 0
    await using server = await listen()
    await using client = await Http2Client.connect(server.url)
    await ask(client, '/broken').catch(() => {})
    await vi.waitFor(() => expect(String(errors)).toBe('Error: no more'))
    expect((await ask(client, '/ping'))[0]).toBe(200)
  })

  test('tells nobody of a client that is lost while it is answered', async () => {
    errors.length = 0
    let tell!: () => void
    const cancelled = new Promise<void>((resolve) => {
      tell = resolve
    })
    await using server = await listen({}, tell)
    await using client = await Http2Client.connect(server.url)
    await once(client.request('/endless', { ':method': 'GET', ':protocol': undefined }), 'data')
    client.tcp.resetAndDestroy()
    await cancelled
    expect(errors).toEqual([])
  })

  test('limits the head of a request, over both', async () => {
    await using server = await listen({ maxHeaderSize: 2_000 })
    await using client = await Http2Client.connect(server.url)
    const stream = client.request('/echo', { 'x-large': 'a'.repeat(3_000) })
    await new Promise((resolve) => stream.on('close', resolve))
    expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    expect((await client.open('/echo')).status).toBe(200)
    await using raw = await RawClient.open(server.port, true)
    raw.write(`GET /ping HTTP/1.1\r\nX-Large: ${'a'.repeat(3_000)}\r\n\r\n`)
    expect(await raw.rest()).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('limits the time for a request, over both', async () => {
    await using server = await listen({ handshakeTimeout: 100 })
    const quiet = await silent(server)
    await using raw = await RawClient.open(server.port, true)
    raw.write('GET /ping HTTP/1.1\r\n')
    expect(await raw.rest()).toMatch(/^HTTP\/1\.1 408 /)
    if (!quiet.destroyed) await once(quiet, 'close')
  })

  test('leaves a connection alone that has sent a request in time', async () => {
    await using server = await listen({ handshakeTimeout: 100 })
    await using client = await Http2Client.connect(server.url)
    const tunnel = await client.open('/echo')
    await once(await silent(server), 'close')
    tunnel.send({ opcode: 1, payload: 'hello' }, CLOSE)
    expect(await tunnel.shown()).toEqual(['1 hello', 'close 1000'])
  })

  test('closes a connection on which nothing is asked any more', async () => {
    await using server = await listen({ handshakeTimeout: 100 })
    await using client = await Http2Client.connect(server.url)
    const gone = once(client.session, 'close')
    await ask(client, '/ping')
    await gone
  })

  test('does not wait for ever for a client that does not close it, too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const server = await listen({ handshakeTimeout: 100 })
    const socket = await silent(server, { allowHalfOpen: true })
    socket.write(Buffer.concat([PREFACE, GET]))
    // It answers.
    await once(socket, 'data')
    const ended = once(socket, 'end')
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    vi.advanceTimersByTime(100)
    await ended
    vi.advanceTimersByTime(300_000)
    await server.stop()
    socket.destroy()
  })

  test('limits the streams of a connection', async () => {
    await using server = await listen()
    await using client = await Http2Client.connect(server.url)
    expect(client.session.remoteSettings.maxConcurrentStreams).toBe(256)
  })
})

describe('a stop of node() with HTTP/2', () => {
  test('closes sockets, ends requests, and says GOAWAY', async () => {
    const server = await listen()
    await using client = await Http2Client.connect(server.url)
    const tunnel = await client.open('/echo')
    tunnel.stream.once('data', () => tunnel.stream.end(clientFrames(CLOSE)))
    const slow = ask(client, '/slow')
    // The request has arrived when what came later is answered.
    await ask(client, '/ping')
    const goaway = once(client.session, 'goaway')
    const stopped = server.stop()
    await goaway
    expect(await tunnel.shown()).toEqual(['close 1001'])
    server.answer()
    expect(await slow).toEqual([200, 'done'])
    await stopped
    if (!client.session.destroyed) await once(client.session, 'close')
  })

  test('does not wait for connections without a request', async () => {
    const server = await listen()
    await using client = await Http2Client.connect(server.url)
    const quiet = await silent(server)
    await using raw = await RawClient.open(server.port, true)
    await server.stop()
    await Promise.all([raw.closed, quiet.destroyed || once(quiet, 'close')])
    if (!client.session.destroyed) await once(client.session, 'close')
  })

  test('ends at its deadline, whatever peers do', async () => {
    const server = await listen()
    const paused = { settings: { initialWindowSize: 0 } }
    await using client = await Http2Client.connect(server.url, paused)
    const tunnel = await client.open('/echo')
    tunnel.send({ opcode: 1, payload: 'hello' })
    void ask(client, '/slow').catch(() => {})
    await server.stop({ drain: 50 })
    await tunnel.closed()
  })
})
