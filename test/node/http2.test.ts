import { once } from 'node:events'
import {
  type ClientHttp2Stream,
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Attachment, attach } from '../../src/node/attach.ts'
import { connect } from '../../src/node/client/connect.ts'
import { clientCertificate } from '../../src/node/client-certificate.ts'
import { type UpgraderOptions, upgrader } from '../../src/node/upgrader.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { Http2Client } from '../support/http2-client.ts'
import { clientFrames, RawClient } from '../support/raw-client.ts'
import { ca, device, tls } from '../support/tls.ts'

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants

/** A server of `node:http2` with WebSockets, which says `plain` to other requests. */
class Attached implements AsyncDisposable {
  readonly http: Http2Server | Http2SecureServer
  readonly attachment: Attachment
  /** What its `onError` has heard. */
  readonly errors: Error[] = []

  private constructor(
    http: Http2Server | Http2SecureServer,
    app: WsHandler<FrameSocket>,
    options: UpgraderOptions,
  ) {
    this.http = http.on('request', (_, response) => response.end('plain'))
    this.attachment = attach(http, app, {
      onError: (error) => this.errors.push(error),
      ...options,
    })
  }

  static async listen(
    app: WsHandler<FrameSocket>,
    http: Http2Server | Http2SecureServer = createSecureServer(tls),
    options: UpgraderOptions = {},
  ): Promise<Attached> {
    const attached = new Attached(http, app, options)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return attached
  }

  get host(): string {
    return `127.0.0.1:${(this.http.address() as AddressInfo).port}`
  }

  client(): Promise<Http2Client> {
    return Http2Client.connect(`https://${this.host}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.attachment.detach({ drain: 0 })
    const closed = once(this.http, 'close')
    this.http.close()
    await closed
  }
}

const echo: WsHandler<FrameSocket> = () => (socket) => {
  socket.onMessage((message) => socket.send(message))
}

/** A handler whose sockets tell when they open, and how they end. */
function watched(): {
  app: WsHandler<FrameSocket>
  opened: Promise<Websocket>
  ended: Promise<number>
} {
  let open!: (socket: Websocket) => void
  let end!: (code: number) => void
  const opened = new Promise<Websocket>((resolve) => {
    open = resolve
  })
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  const app = () => (socket: Websocket) => {
    socket.onClose(({ code }) => end(code))
    open(socket)
  }
  return { app, opened, ended }
}

/** A body of which more comes as soon as some of it is read. */
const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(20_000)) })

const CLOSE = { opcode: 8, payload: Uint8Array.of(0x03, 0xe8) }

describe('over HTTP/2, attach', () => {
  test.each([
    ['TLS', () => createSecureServer(tls), 'https'],
    ['TLS and HTTP/1.1', () => createSecureServer({ ...tls, allowHTTP1: true }), 'https'],
    ['no TLS', () => createServer(), 'http'],
  ] as const)('serves WebSockets beside requests, with %s', async (_, create, scheme) => {
    await using server = await Attached.listen(echo, create())
    await using client = await Http2Client.connect(`${scheme}://${server.host}`)
    expect(client.announced).toBe(true)
    const tunnel = await client.open()
    expect(tunnel.status).toBe(200)
    expect(server.attachment.size).toBe(1)
    tunnel.send({ opcode: 1, payload: 'hello' }, CLOSE)
    tunnel.stream.end()
    expect(await tunnel.shown()).toEqual(['1 hello', 'close 1000'])
    expect(await tunnel.closed()).toBe(NGHTTP2_NO_ERROR)
    const plain = client.session.request({ ':path': '/' })
    expect(Buffer.concat(await plain.toArray()).toString()).toBe('plain')
  })

  test('serves those over HTTP/1.1 as well', async () => {
    const http = createSecureServer({ ...tls, allowHTTP1: true })
    await using server = await Attached.listen(echo, http)
    await using client = connect(`wss://${server.host}`, { tls: { ca } })
    client.send('hello')
    for await (const message of client.received()) {
      expect(message.text()).toBe('hello')
      break
    }
  })

  test('shows handlers the GET that a gateway would make of it', async () => {
    let seen: UpgradeRequest | undefined
    const http = createSecureServer(tls)
    await using server = await Attached.listen((request) => {
      seen = request
      return () => {}
    }, http)
    await using client = await server.client()
    const headers = { cookie: ['a=1', 'b=2'], 'x-one': '1', 'sec-websocket-key': 'nonsense' }
    const { status } = await client.open('/a/../b?c', { ':authority': server.host, ...headers })
    expect(status).toBe(200)
    const url = `https://${server.host}/b?c`
    expect([seen?.method, seen?.url, seen?.path]).toEqual(['GET', url, '/b'])
    expect([seen?.raw.method, seen?.raw.url]).toEqual(['GET', url])
    const names = ['host', 'cookie', 'x-one', 'upgrade', 'connection', ':path']
    expect(names.map((name) => seen?.header(name))).toEqual([
      server.host,
      'a=1; b=2',
      '1',
      'websocket',
      'Upgrade',
      null,
    ])
    expect(seen?.headers.get('sec-websocket-key')).toMatch(/^[\w+/]{22}==$/)
    expect(seen?.remoteAddress).toBe('127.0.0.1')
  })

  test('answers with what was negotiated, and nothing of HTTP/1.1', async () => {
    const consumer = (): void => {}
    const headers = [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Keep-Alive', 'timeout=5'],
      ['TE', 'gzip'],
      ['X-One', '1'],
    ] satisfies [string, string][]
    await using server = await Attached.listen(() =>
      accept(consumer, { protocol: 'chat', headers }),
    )
    await using client = await server.client()
    const { answer } = await client.open('/', { 'sec-websocket-protocol': 'talk, chat' })
    const { date: _, ...rest } = answer
    expect(Object.entries(rest)).toEqual([
      [':status', 200],
      ['sec-websocket-protocol', 'chat'],
      ['set-cookie', ['a=1', 'b=2']],
      ['x-one', '1'],
    ])
  })

  test('answers the key of a client that sends one, and expects it', async () => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const key = 'dGhlIHNhbXBsZSBub25jZQ=='
    const { answer } = await client.open('/', { 'sec-websocket-key': key })
    expect(answer['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  test.each<[string, OutgoingHttpHeaders, number]>([
    ['another version', { 'sec-websocket-version': '8' }, 426],
    ['no version', { 'sec-websocket-version': undefined }, 426],
    ['another host', { host: 'example.org' }, 400],
    ['a body', { 'content-length': '5' }, 400],
    ['a subprotocol twice', { 'sec-websocket-protocol': 'a, a' }, 400],
    ['a page of another host', { origin: 'https://example.org' }, 403],
  ])('refuses %s as over HTTP/1.1', async (_, headers, status) => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const refused = await client.open('/', headers)
    expect(refused.status).toBe(status)
    expect(refused.answer).not.toHaveProperty('connection')
    expect(await refused.text()).toMatch(/\n$/)
    // The server has said all, whatever the client still has to say.
    expect(await refused.closed()).toBe(NGHTTP2_NO_ERROR)
    expect(server.errors).toEqual([])
  })

  test.each(['/caf\u00e9', '/caf\u00c3\u00a9'])(
    'refuses the target %s, as over HTTP/1.1',
    async (path) => {
      await using server = await Attached.listen(echo)
      await using client = await server.client()
      const refused = await client.open(path)
      expect([refused.status, await refused.text()]).toEqual([
        400,
        'the target of the request and the header Host do not make a URL\n',
      ])
    },
  )

  test('allows pages of the same authority', async () => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const headers = { ':authority': 'example.org', origin: 'https://example.org' }
    expect((await client.open('/', headers)).status).toBe(200)
    expect((await client.open('/', { ...headers, host: 'example.org' })).status).toBe(200)
  })

  test("refuses with the application's response, and with 404 where there is no route", async () => {
    await using server = await Attached.listen(async ({ path }) =>
      path === '/' ? undefined : new Response('log in first', { status: 401 }),
    )
    await using client = await server.client()
    const refused = await client.open('/closed')
    expect([refused.status, await refused.text()]).toEqual([401, 'log in first'])
    const missing = await client.open('/')
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringMatching(/^no WebSocket here/),
    ])
  })

  test.each([
    ['is there as a whole', () => 'a'.repeat(100_000)],
    ['has no end', () => endless()],
  ])('drops a refusal that its client does not read, whose body %s', async (_, body) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    await using server = await Attached.listen(() => new Response(body(), { status: 403 }))
    await using client = await Http2Client.connect(`https://${server.host}`, {
      settings: { initialWindowSize: 0 },
    })
    const refused = await client.open()
    expect(refused.status).toBe(403)
    vi.advanceTimersByTime(9_999)
    // What the server had sent by then has come.
    await new Promise((resolve) => client.session.ping(resolve))
    expect(refused.stream.closed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await refused.closed()).toBe(NGHTTP2_CANCEL)
    expect(vi.getTimerCount()).toBe(0)
    expect(server.errors).toEqual([])
  })

  test('does not refuse with a status that would accept', async () => {
    await using server = await Attached.listen(() => new Response('a page'))
    await using client = await server.client()
    const refused = await client.open()
    expect([refused.status, await refused.text()]).toEqual([
      404,
      expect.stringMatching(/^no WebSocket here/),
    ])
  })

  test.each([
    ['to another protocol', { ':protocol': 'connect-udp' }, 501],
    ['to a host', { ':protocol': undefined, ':scheme': undefined, ':path': undefined }, 405],
  ])('refuses a CONNECT %s once, also when attached twice', async (_, headers, status) => {
    await using server = await Attached.listen(echo)
    const other = attach(server.http, echo)
    await using client = await server.client()
    expect((await client.open('/', headers)).status).toBe(status)
    await other.detach()
    expect((await client.open('/', headers)).status).toBe(status)
    expect(server.errors).toEqual([])
  })

  test('closes a connection of HTTP/1.1 that sends a CONNECT, as Node does', async () => {
    const http = createSecureServer({ ...tls, allowHTTP1: true })
    await using server = await Attached.listen(echo, http)
    await using client = await RawClient.open((http.address() as AddressInfo).port, true)
    client.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')
    expect(await client.rest()).toBe('')
    expect(server.errors).toEqual([])
  })

  test('leaves to other listeners what no route takes', async () => {
    await using server = await Attached.listen(({ path }) => (path === '/' ? () => {} : undefined))
    server.http.on('connect', ({ url }, response) => {
      if (url !== '/') response.writeHead(418).end()
    })
    await using client = await server.client()
    expect((await client.open('/')).status).toBe(200)
    expect((await client.open('/tea')).status).toBe(418)
    expect((await client.open('/tea', { ':protocol': 'connect-udp' })).status).toBe(418)
    expect(server.errors).toEqual([])
  })

  test('answers what nobody takes after ten seconds, once', async () => {
    const clock = new VirtualClock()
    await using server = await Attached.listen(() => undefined, createSecureServer(tls), { clock })
    const other = attach(server.http, () => undefined, { clock })
    await using client = await server.client()
    const answer = client.open('/')
    await vi.waitFor(() => expect(clock.pending).toBe(2))
    clock.advance(10_000)
    expect((await answer).status).toBe(404)
    expect(clock.pending).toBe(0)
    expect(server.errors).toEqual([])
    await other.detach()
  })

  test.each([
    ['others listen for upgrades, which know HTTP/1.1 only', 'upgrade', undefined, false],
    ['others listen for upgrades, but no route of theirs is left', 'upgrade', 404, true],
    ['others answer streams', 'stream', undefined, false],
  ] as const)('tells clients by default, if %s: %s', async (_, event, unmatched, announced) => {
    const http = createSecureServer({ ...tls, allowHTTP1: true })
    await using server = await Attached.listen(echo, http, { unmatched })
    http.on(event, () => {})
    await using client = await server.client()
    expect(client.announced).toBe(announced)
  })

  test('tells clients no longer once others listen for upgrades, or when it is detached', async () => {
    await using server = await Attached.listen(echo)
    const announced = async (): Promise<boolean> => {
      await using client = await server.client()
      return client.announced
    }
    const other = (): void => {}
    expect(await announced()).toBe(true)
    server.http.on('upgrade', other)
    expect(await announced()).toBe(false)
    server.http.off('upgrade', other)
    expect(await announced()).toBe(true)
    await server.attachment.detach()
    expect(await announced()).toBe(false)
  })

  test.each([true, false])('leaves what a server was made with: %s', async (given) => {
    const settings = { enableConnectProtocol: given }
    await using server = await Attached.listen(echo, createSecureServer({ ...tls, settings }))
    server.http.on('upgrade', () => {})
    await using client = await server.client()
    expect(client.announced).toBe(given)
  })

  test('closes its sockets when it is detached, and leaves the connection open', async () => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const tunnel = await client.open()
    tunnel.stream.once('data', () => tunnel.stream.end(clientFrames(CLOSE)))
    const detached = server.attachment.detach()
    expect(await tunnel.shown()).toEqual(['close 1001'])
    await detached
    expect(client.session.closed).toBe(false)
    expect((await client.open()).status).toBe(405)
  })

  test('tells the certificate of a client', async () => {
    const http = createSecureServer({ ...tls, requestCert: true, ca: device.cert })
    const names: unknown[] = []
    await using server = await Attached.listen((request) => {
      names.push(clientCertificate(request)?.subject.CN)
      return (socket) => {
        socket.onClose(() => names.push(clientCertificate(request)))
      }
    }, http)
    await using client = await Http2Client.connect(`https://${server.host}`, device)
    const tunnel = await client.open()
    client.session.destroy()
    await tunnel.closed()
    await vi.waitFor(() => expect(names).toEqual([expect.any(String), undefined]))
  })
})

describe('over HTTP/2, a socket', () => {
  test('that is terminated resets its stream alone', async () => {
    const { app, opened, ended } = watched()
    await using server = await Attached.listen((request) =>
      request.path === '/echo' ? echo(request) : app(request),
    )
    await using client = await server.client()
    const other = await client.open('/echo')
    const tunnel = await client.open()
    ;(await opened).terminate()
    expect(await tunnel.closed()).toBe(NGHTTP2_CANCEL)
    expect(await ended).toBe(1006)
    other.send({ opcode: 1, payload: 'still here' }, CLOSE)
    expect(await other.shown()).toEqual(['1 still here', 'close 1000'])
  })

  test('that is closed does not wait for its peer to end the stream', async () => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const tunnel = await client.open()
    tunnel.send(CLOSE)
    expect(await tunnel.shown()).toEqual(['close 1000'])
    await vi.waitFor(() => expect(server.attachment.size).toBe(0))
    expect(await tunnel.closed()).toBe(NGHTTP2_NO_ERROR)
  })

  test.each([
    ['has not ended its side', false],
    ['has ended its side', true],
  ])('that is closed sends all that waits first, to a peer that %s', async (_, ended) => {
    await using server = await Attached.listen(echo)
    await using client = await server.client()
    const tunnel = await client.open()
    tunnel.send({ opcode: 2, payload: new Uint8Array(300_000) }, CLOSE)
    if (ended) tunnel.stream.end()
    const sizes = (await tunnel.shown()).map((frame) => frame.length)
    expect(sizes).toEqual(['2 '.length + 300_000, 'close 1000'.length])
    expect(await tunnel.closed()).toBe(NGHTTP2_NO_ERROR)
    expect(server.errors).toEqual([])
  })

  test.each<[string, (client: Http2Client, stream: ClientHttp2Stream) => void]>([
    ['its stream is cancelled', (_, stream) => stream.close(NGHTTP2_CANCEL)],
    ['its stream is reset for an error', (_, stream) => stream.close(NGHTTP2_PROTOCOL_ERROR)],
    ['its stream ends without a Close', (_, stream) => stream.end()],
    ['the connection ends', ({ session }) => session.destroy()],
    ['the connection ends with an error', ({ session }) => session.destroy(new Error('lost'))],
    ['TCP ends', ({ tcp }) => tcp.destroy()],
    ['TCP is reset', ({ tcp }) => tcp.resetAndDestroy()],
  ])('is lost when %s', async (_, lose) => {
    const { app, opened, ended } = watched()
    await using server = await Attached.listen(app)
    await using client = await server.client()
    const { stream } = await client.open()
    const socket = await opened
    socket.send('on its way')
    lose(client, stream)
    expect(await ended).toBe(1006)
    expect(server.attachment.size).toBe(0)
    expect(server.errors).toEqual([])
  })

  test('whose client goes before it is answered is never opened', async () => {
    let decide!: (decision: () => void) => void
    const decision = new Promise<() => void>((resolve) => {
      decide = resolve
    })
    const asked = vi.fn(() => decision)
    await using server = await Attached.listen(asked)
    await using client = await server.client()
    const stream = client.request()
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce())
    stream.close(NGHTTP2_CANCEL)
    await once(stream, 'close')
    // The server has heard of it when it answers what came later.
    await (await client.open('/', { ':protocol': 'other' })).text()
    const consumer = vi.fn()
    decide(consumer)
    await decision
    expect(consumer).not.toHaveBeenCalled()
    expect(server.errors).toEqual([])
  })

  test('that goes on after a GOAWAY ends as it would have', async () => {
    const { app, opened, ended } = watched()
    await using server = await Attached.listen(app)
    let session: ServerHttp2Session | undefined
    server.http.on('session', (begun) => {
      session = begun
    })
    await using client = await server.client()
    const tunnel = await client.open()
    session?.close()
    await once(client.session, 'goaway')
    ;(await opened).send('still here')
    tunnel.send(CLOSE)
    tunnel.stream.end()
    expect(await tunnel.shown()).toEqual(['1 still here', 'close 1000'])
    expect(await ended).toBe(1000)
  })

  test('whose peer opens no window fills up, and is closed as over TCP', async () => {
    const { app, opened, ended } = watched()
    await using server = await Attached.listen(app, createSecureServer(tls), {
      maxBufferedAmount: 100_000,
      closeTimeout: 50,
    })
    await using client = await Http2Client.connect(`https://${server.host}`, {
      settings: { initialWindowSize: 0 },
    })
    const tunnel = await client.open()
    const socket = await opened
    socket.onError(() => {})
    socket.send('a'.repeat(60_000))
    await vi.waitFor(() => expect(socket.bufferedAmount).toBe(60_004))
    socket.send('a'.repeat(60_000))
    expect(await ended).toBe(1013)
    expect(await tunnel.closed()).toBe(NGHTTP2_CANCEL)
  })

  test('that is paused lets its peer send no more than a window, and others go on', async () => {
    const { app, opened } = watched()
    let received = 0
    await using server = await Attached.listen((request) =>
      request.path === '/echo' ? echo(request) : app(request),
    )
    await using client = await server.client()
    const tunnel = await client.open()
    const socket = await opened
    socket.onMessage((message) => {
      received += message.text().length
    })
    socket.link.pause?.()
    const frame = { opcode: 1, payload: 'a'.repeat(50_000) }
    tunnel.send(...Array.from({ length: 20 }, () => frame))
    const other = await client.open('/echo')
    other.send({ opcode: 1, payload: 'hello' }, CLOSE)
    expect(await other.shown()).toEqual(['1 hello', 'close 1000'])
    expect(received).toBe(0)
    expect(tunnel.stream.writableLength).toBeGreaterThan(500_000)
    socket.link.resume?.()
    await vi.waitFor(() => expect(received).toBe(1_000_000))
  })

  test.each([
    ['NO_ERROR', NGHTTP2_NO_ERROR],
    ['CANCEL', NGHTTP2_CANCEL],
  ])('that is paused is lost when its stream is reset with %s', async (_, code) => {
    const { app, opened, ended } = watched()
    await using server = await Attached.listen(app)
    await using client = await server.client()
    const tunnel = await client.open()
    const socket = await opened
    socket.link.pause?.()
    tunnel.send({ opcode: 1, payload: 'hello' })
    tunnel.stream.close(code)
    expect(await ended).toBe(1006)
  })

  test('that another handler has answered is left to it', async () => {
    const { handleConnect } = upgrader(echo, { onError: (error) => errors.push(error) })
    const errors: Error[] = []
    const http = createSecureServer({ ...tls, settings: { enableConnectProtocol: true } })
    http.on('request', () => {})
    http.on('connect', (request, response) => {
      if (request.url === '/') response.writeHead(200).end('mine')
      handleConnect(request, response)
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    await using client = await Http2Client.connect(`https://127.0.0.1:${port}`)
    expect(await (await client.open('/')).text()).toBe('mine')
    expect(String(errors)).toMatch('another handler has answered this upgrade')
    const tunnel = await client.open('/echo')
    tunnel.send(CLOSE)
    expect(await tunnel.shown()).toEqual(['close 1000'])
    http.close()
  })
})
