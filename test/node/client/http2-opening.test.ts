import { once } from 'node:events'
import { Agent } from 'node:http'
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connect, open, openSocket } from '../../../src/node/client/connect.ts'
import type { ConnectOptions } from '../../../src/node/client/connect-options.ts'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { StandardWebSocket } from '../../../src/node/client/standard-websocket.ts'
import { node } from '../../../src/node/engine.ts'
import { WebSocketExtensions } from '../../../src/protocol/deflate/web-socket-extensions.ts'
import { PingFrame } from '../../../src/protocol/frame/frame.ts'
import { serve } from '../../../src/serving/engine.ts'
import { accept } from '../../../src/websocket/accept.ts'
import { reconnecting } from '../../../src/websocket/client/reconnecting.ts'
import {
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import type { Server } from '../../../src/websocket/server.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { CountedExtension } from '../../support/counted-extension.ts'
import { Http2TestServer } from '../../support/http2-server.ts'
import { ca, tls } from '../../support/tls.ts'
import { encodeWire } from '../../support/wire.ts'

const {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_NO_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = constants

const echo: WsHandler<FrameSocket> = () => (socket) => {
  socket.onMessage((message) => socket.send(message))
}

function serveHttp2(app: WsHandler<FrameSocket>): Promise<Server> {
  return serve(app, node({ tls, http2: true }))
}

/** A session that ends with the test. */
function sessionTo(url: string, options: SecureClientSessionOptions = {}): ClientHttp2Session {
  const session = connectHttp2(url, { ca, ...options })
  onTestFinished(() => session.destroy())
  return session
}

/** The URL of a WebSocket there. */
function wsUrl({ url }: { readonly url: string }, path = '/'): string {
  return url.replace(/^http/, 'ws').replace(/\/$/, '') + path
}

async function failure(url: string, options: ConnectOptions): Promise<WebSocketConnectException> {
  const error: unknown = await connect(url, options).opened.then(undefined, (reason) => reason)
  if (error instanceof WebSocketConnectException) return error
  throw new Error(`it did not fail to connect: ${String(error)}`)
}

/** The same where the server refuses. */
async function refusal(url: string, options: ConnectOptions): Promise<WebSocketUpgradeException> {
  const error = await failure(url, options)
  if (error instanceof WebSocketUpgradeException) return error
  throw error
}

/** Resolves with the code of the end. */
function end(socket: Websocket): Promise<number> {
  return new Promise((resolve) => socket.onClose(({ code }) => resolve(code)))
}

const take = (stream: ServerHttp2Stream): void => stream.respond({ ':status': 200 })

/** A promise, and how to fulfil it. */
function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('over HTTP/2, a handshake', () => {
  async function sent(
    options: ConnectOptions,
    url: (server: Http2TestServer) => string = (server) => wsUrl(server, '/path?query'),
  ): Promise<IncomingHttpHeaders> {
    const heads: IncomingHttpHeaders[] = []
    await using server = await Http2TestServer.listen((stream, headers) => {
      heads.push(headers)
      take(stream)
    })
    const http2 = sessionTo(server.url)
    const { socket } = await openSocket(url(server), { ...options, http2 })
    socket.terminate()
    const [head = {}] = heads
    expect(head[':authority']).toBe(
      head[':authority'] === 'other.example' ? 'other.example' : server.host,
    )
    return { ...head, ':authority': '*' }
  }

  test('has what RFC 8441, section 5, asks for, and nothing else', async () => {
    expect(Object.entries(await sent({}))).toEqual([
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'https'],
      [':authority', '*'],
      [':path', '/path?query'],
      ['sec-websocket-version', '13'],
    ])
  })

  test('has the headers, subprotocols, extensions and credentials that it is given', async () => {
    const headers: [string, string][] = [
      ['Host', 'other.example'],
      ['Origin', 'https://a.example'],
      ['X-One', 'gr\u00fc\u00df '],
      ['X-Two', '1'],
      ['x-two', '2'],
      ['Cookie', 'a=b; c=d'],
    ]
    const extensions = [WebSocketExtensions.deflate()]
    const options = { headers, protocols: ['v1', 'v2'], extensions }
    const head = await sent(options, ({ host }) => `wss://ann:s3cret@${host}/`)
    expect(head).toMatchObject({
      ':path': '/',
      authorization: 'Basic YW5uOnMzY3JldA==',
      cookie: 'a=b; c=d',
      origin: 'https://a.example',
      'sec-websocket-extensions': expect.stringMatching(/^permessage-deflate/),
      'sec-websocket-protocol': 'v1, v2',
      'x-one': 'gr\u00fc\u00df',
      'x-two': '1, 2',
    })
  })

  test('agrees on a subprotocol and on compression', async () => {
    const extensions = [WebSocketExtensions.deflate()]
    const app: WsHandler<FrameSocket> = () =>
      accept((socket) => void socket.onMessage((message) => socket.send(message)), {
        protocol: 'v2',
        headers: [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
      })
    const webSockets = { extensions }
    await using server = await serve(app, node({ tls, http2: true, webSockets }))
    const http2 = sessionTo(server.url)
    const options = { http2, extensions, protocols: ['v1', 'v2'] }
    const { socket, response } = await openSocket(wsUrl(server), options)
    expect([socket.protocol, socket.link.extensions.map(({ name }) => name)]).toEqual([
      'v2',
      ['permessage-deflate'],
    ])
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, ['a=1', 'b=2']])
    expect([...response.headers.keys()].filter((name) => name.startsWith(':'))).toEqual([])
    const text = new Promise((resolve) => socket.onMessage((message) => resolve(message.text())))
    socket.send('hello '.repeat(10_000))
    expect(await text).toBe('hello '.repeat(10_000))
    socket.close()
  })

  test.each([200, 204, 299])('is taken by a status of %i', async (status) => {
    await using server = await Http2TestServer.listen((stream) => {
      stream.respond({ ':status': status })
    })
    const { response } = await openSocket(wsUrl(server), { http2: sessionTo(server.url) })
    expect(response.status).toBe(status)
  })

  test.each([
    [{ 'sec-websocket-protocol': 'v3' }, "'v3': it must be one that was offered"],
    [{ 'sec-websocket-extensions': 'x-other' }, "'x-other', which was not offered"],
    [{ 'sec-websocket-extensions': '?' }, 'which is malformed'],
  ])('is not valid with the answer %j, and its stream is reset', async (headers, message) => {
    const code = later<number>()
    await using server = await Http2TestServer.listen((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode))
      stream.respond({ ':status': 200, ...headers })
    })
    const http2 = sessionTo(server.url)
    const error = await refusal(wsUrl(server), { http2, protocols: ['v1'] })
    expect([error.stage, error.status, error.message]).toEqual([
      'handshake',
      200,
      expect.stringContaining(message),
    ])
    expect(await code.promise).toBe(NGHTTP2_CANCEL)
    expect(http2.closed).toBe(false)
  })
})

test('over HTTP/2, an extension that throws fails the opening, and the stream is reset', async () => {
  class Throwing extends CountedExtension {
    override accepted(): never {
      throw new Error('it is broken')
    }
  }
  const code = later<number>()
  await using server = await Http2TestServer.listen((stream) => {
    stream.on('close', () => code.resolve(stream.rstCode))
    stream.respond({ ':status': 200, 'sec-websocket-extensions': 'x-counted' })
  })
  const options = { http2: sessionTo(server.url), extensions: [new Throwing()] }
  const { stage, message } = await failure(wsUrl(server), options)
  expect([stage, message]).toEqual(['handshake', expect.stringMatching(/: it is broken$/)])
  expect(await code.promise).toBe(NGHTTP2_CANCEL)
})

describe('over HTTP/2, a server that refuses', () => {
  test.each([
    [403, 'members only', 'answered 403 Forbidden, not 200: members only'],
    [302, '', "answered 302 Found, not 200 (it redirects to '/b', which is not followed)"],
    [599, '', 'answered 599, not 200'],
  ])('with %i is heard with headers and body', async (status, body, message) => {
    const code = later<number>()
    await using server = await Http2TestServer.listen((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode))
      const headers = { 'content-type': 'text/plain', location: '/b', 'x-why': 'because' }
      stream.respond({ ':status': status, ...headers })
      stream.end(body)
    })
    const http2 = sessionTo(server.url)
    const error = await refusal(wsUrl(server), { http2 })
    expect(error).toMatchObject({ stage: 'http', status, body })
    expect(error.headers.get('x-why')).toBe('because')
    expect(error.message).toContain(message)
    expect(await code.promise).toBe(NGHTTP2_NO_ERROR)
    expect(http2.closed).toBe(false)
  })

  test('by our own server is as over HTTP/1', async () => {
    await using server = await serveHttp2(() => new Response('log in first', { status: 401 }))
    const http2 = sessionTo(server.url)
    const { status, body } = await refusal(wsUrl(server), { http2 })
    expect([status, body]).toEqual([401, 'log in first'])
  })

  test('and goes on and on is heard up to 64 KiB', async () => {
    const code = later<number>()
    await using server = await Http2TestServer.listen((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode))
      stream.respond({ ':status': 403 })
      stream.write('x'.repeat(200_000))
    })
    const error = await refusal(wsUrl(server), { http2: sessionTo(server.url) })
    expect(error.body).toHaveLength(65_536)
    expect(await code.promise).toBe(NGHTTP2_CANCEL)
  })

  test('and does not go on is waited for as long as there is time', async () => {
    await using server = await Http2TestServer.listen((stream) => {
      stream.respond({ ':status': 403 })
      stream.write('wait')
    })
    const http2 = sessionTo(server.url)
    const { body } = await refusal(wsUrl(server), { http2, timeout: 200 })
    expect(body).toBe('wait')
  })

  test.each([
    [NGHTTP2_REFUSED_STREAM, 'REFUSED_STREAM'],
    [NGHTTP2_INTERNAL_ERROR, 'INTERNAL_ERROR'],
    [NGHTTP2_ENHANCE_YOUR_CALM, 'ENHANCE_YOUR_CALM'],
    [NGHTTP2_CANCEL, 'the stream was reset with the code 8'],
    [NGHTTP2_NO_ERROR, 'the stream was reset with the code 0'],
  ])('by a reset with the code %i is heard', async (code, message) => {
    await using server = await Http2TestServer.listen((stream) => stream.close(code))
    const error = await failure(wsUrl(server), { http2: sessionTo(server.url) })
    expect([error.stage, error.message]).toEqual(['http', expect.stringContaining(message)])
  })
})

describe('over HTTP/2, a server that cannot be used', () => {
  test('takes no WebSockets, as its settings say', async () => {
    await using server = await Http2TestServer.listen(take, {
      settings: { enableConnectProtocol: false },
    })
    const http2 = sessionTo(server.url)
    // Before the settings have come, and after.
    for (let i = 0; i < 2; i++) {
      const { stage, message } = await failure(wsUrl(server), { http2, timeout: 1_000 })
      expect([stage, message]).toEqual(['http', expect.stringContaining('takes no WebSockets')])
    }
  })

  test.each([
    ['the settings have come', 'remoteSettings'],
    ['they are acknowledged', 'localSettings'],
  ])('takes none, or does, where it is first asked when %s', async (_, event) => {
    for (const enableConnectProtocol of [false, true]) {
      await using server = await Http2TestServer.listen(take, {
        settings: { enableConnectProtocol },
      })
      const http2 = sessionTo(server.url)
      await once(http2, event)
      const opened = openSocket(wsUrl(server), { http2, timeout: 1_000 })
      const settled = opened.then(({ response }) => response.status).catch(({ stage }) => stage)
      expect(await settled).toBe(enableConnectProtocol ? 200 : 'http')
    }
  })

  test('takes them after all, once it has said so', async () => {
    await using server = await Http2TestServer.listen(take, {
      settings: { enableConnectProtocol: false },
    })
    const http2 = sessionTo(server.url)
    await failure(wsUrl(server), { http2 })
    server.sessions[0]?.settings({ enableConnectProtocol: true })
    await once(http2, 'remoteSettings')
    const { response } = await openSocket(wsUrl(server), { http2 })
    expect(response.status).toBe(200)
  })

  test.each([
    ['does not answer TLS', 'https', /no answer within 50 ms \(it got to: tcp\)/],
    ['tells no settings', 'http', /no answer within 50 ms/],
  ])('%s in time', async (_, scheme, late) => {
    const server = createTcpServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const http2 = sessionTo(`${scheme}://127.0.0.1:${port}`)
    const error = await failure(`${scheme}://127.0.0.1:${port}`, { http2, timeout: 50 })
    expect([error.stage, error.message]).toEqual(['timeout', expect.stringMatching(late)])
  })

  test('does not answer in time, and the stream is reset', async () => {
    const code = later<number>()
    await using server = await Http2TestServer.listen((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode))
    })
    const http2 = sessionTo(server.url)
    const { stage, message } = await failure(wsUrl(server), { http2, timeout: 100 })
    expect([stage, message]).toEqual(['timeout', expect.stringContaining('it got to: http')])
    expect(await code.promise).toBe(NGHTTP2_CANCEL)
    expect(http2.closed).toBe(false)
  })

  test('is not there', async () => {
    const http2 = connectHttp2('https://127.0.0.1:9')
    const { stage, message, cause } = await failure('wss://127.0.0.1:9', { http2 })
    expect([stage, message]).toEqual(['tcp', expect.stringContaining('ECONNREFUSED')])
    expect(cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('has a name without an address', async () => {
    const unknown = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const lookup: LookupFunction = (_name, _options, done) => done(unknown, '')
    const http2 = connectHttp2('https://example.org', { lookup })
    const { stage, cause } = await failure('wss://example.org', { http2 })
    expect([stage, cause]).toEqual(['dns', unknown])
  })

  test('has a certificate that nobody trusts', async () => {
    await using server = await Http2TestServer.listen(take)
    const http2 = connectHttp2(server.url)
    const { stage, message } = await failure(wsUrl(server), { http2 })
    expect([stage, message]).toEqual(['tls', expect.stringContaining('certificate')])
  })

  test('speaks HTTP/1 only', async () => {
    const server = createTlsServer(tls, (socket) => {
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    server.listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const http2 = sessionTo(`https://127.0.0.1:${port}`)
    const { stage, message } = await failure(`wss://127.0.0.1:${port}`, { http2 })
    expect([stage, message]).toEqual(['http', expect.any(String)])
  })

  test('has no TLS, where the URL asks for it', async () => {
    await using server = await Http2TestServer.listen(take, {}, false)
    const http2 = sessionTo(server.url)
    const { stage, message } = await failure(`wss://${server.host}`, { http2 })
    expect([stage, message]).toEqual(['http', expect.stringContaining('has no TLS')])
    const { response } = await openSocket(`ws://${server.host}`, { http2 })
    expect(response.status).toBe(200)
  })
})

describe('over HTTP/2, a session', () => {
  test('carries many sockets, which may all be opened at once, before it is connected', async () => {
    const warned = vi.fn()
    process.on('warning', warned)
    onTestFinished(() => void process.off('warning', warned))
    await using server = await serveHttp2(echo)
    const http2 = sessionTo(server.url)
    const clients = Array.from({ length: 100 }, () => connect(wsUrl(server), { http2 }))
    const answers = clients.map(async (client, i) => {
      client.send(`hello ${i}`)
      for await (const message of client.received()) return message.text()
      return undefined
    })
    expect(await Promise.all(answers)).toEqual(clients.map((_, i) => `hello ${i}`))
    for (const client of clients) client.close()
    await Promise.all(clients.map(({ closed }) => closed))
    expect([http2.closed, http2.destroyed]).toEqual([false, false])
    await new Promise(setImmediate)
    expect(warned).not.toHaveBeenCalled()
  })

  test.each<[string, (session: ClientHttp2Session) => unknown]>([
    ['is closed', (session) => session.close()],
    ['is destroyed', (session) => session.destroy()],
    ['ended with an error', (session) => session.on('error', () => {}).destroy(new Error('lost'))],
  ])('that %s opens no more sockets, whether it has opened any or not', async (_, finish) => {
    await using server = await serveHttp2(echo)
    const http2 = sessionTo(server.url)
    const { socket } = await openSocket(wsUrl(server), { http2 })
    finish(http2)
    const unused = sessionTo(server.url)
    finish(unused)
    for (const session of [http2, unused]) {
      const { stage, message } = await failure(wsUrl(server), { http2: session, timeout: 1_000 })
      expect([stage, message]).toEqual(['http', expect.stringContaining('session is closed')])
    }
    socket.terminate()
  })

  test.each<[string, string | undefined, (session: ClientHttp2Session) => unknown]>([
    ['it is closed', undefined, (session) => session.close()],
    ['it is destroyed', undefined, (session) => session.destroy()],
    ['it fails', 'lost', (session) => session.destroy(new Error('lost'))],
  ])('fails the opening where %s before it is connected', async (_, message = 'closed', finish) => {
    await using server = await serveHttp2(echo)
    const http2 = connectHttp2(server.url, { ca })
    const failed = failure(wsUrl(server), { http2 })
    finish(http2)
    expect((await failed).message).toContain(message)
  })

  test.each<[string, (session: ClientHttp2Session, server: Http2TestServer) => unknown]>([
    ['it is destroyed', (session) => session.destroy()],
    ['it fails', (session) => session.destroy(new Error('lost'))],
    ['the server destroys it', (_, { sessions: [session] }) => session?.destroy()],
    [
      'the server sends GOAWAY with an error',
      (_, { sessions: [session] }) => session?.goaway(NGHTTP2_ENHANCE_YOUR_CALM),
    ],
    ['the connection is lost', (_, { sessions: [session] }) => session?.socket.destroySoon()],
  ])('fails the opening, or ends the socket, where %s', async (_, lose) => {
    const asked = later<void>()
    await using server = await Http2TestServer.listen((stream, { ':path': path }) => {
      if (path === '/') take(stream)
      else asked.resolve()
    })
    const http2 = sessionTo(server.url)
    const { socket } = await openSocket(wsUrl(server), { http2 })
    const ended = end(socket)
    const failed = failure(wsUrl(server, '/wait'), { http2 })
    await asked.promise
    lose(http2, server)
    const { stage, message } = await failed
    // It is not the stream alone that was lost.
    expect([stage, message]).toEqual(['http', expect.not.stringContaining('stream was reset')])
    expect(await ended).toBe(1006)
  })

  test('that got a GOAWAY goes on with its sockets, and opens no others', async () => {
    await using server = await Http2TestServer.listen((stream) => {
      take(stream)
      stream.once('data', () => stream.end(encodeWire({ opcode: 8 })))
    })
    const http2 = sessionTo(server.url)
    const { socket } = await openSocket(wsUrl(server), { http2 })
    server.sessions[0]?.close()
    await once(http2, 'goaway')
    expect((await failure(wsUrl(server), { http2 })).message).toContain('session is closed')
    const ended = end(socket)
    socket.send('still here')
    expect(await ended).toBe(1005)
  })

  test('opens and closes 1,500 sockets in a moment, which are no attack of resets', async () => {
    await using server = await serveHttp2(echo)
    const http2 = sessionTo(server.url)
    const codes: number[] = []
    for (let i = 0; i < 30; i++) {
      const opened = Array.from({ length: 50 }, () => openSocket(wsUrl(server), { http2 }))
      const ended = opened.map(async (opening) => {
        const { socket } = await opening
        socket.close()
        codes.push(await end(socket))
      })
      await Promise.all(ended)
    }
    expect(codes).toEqual(Array(1_500).fill(1000))
    expect(http2.closed).toBe(false)
  })

  test('resets no stream that the server alone has ended, and ends its own side', async () => {
    const ended = later<[boolean, number | undefined]>()
    await using server = await Http2TestServer.listen((stream) => {
      take(stream)
      stream.on('close', () => ended.resolve([stream.readableEnded, stream.rstCode]))
      stream.resume().end(encodeWire({ opcode: 8 }))
    })
    const { socket } = await openSocket(wsUrl(server), { http2: sessionTo(server.url) })
    expect(await end(socket)).toBe(1005)
    expect(await ended.promise).toEqual([true, NGHTTP2_NO_ERROR])
  })

  test('with as many streams as the server allows lets others wait while they have time', async () => {
    const taken: ServerHttp2Stream[] = []
    const talk = (stream: ServerHttp2Stream): void => {
      taken.push(stream)
      take(stream)
    }
    await using server = await Http2TestServer.listen(talk, {
      settings: { maxConcurrentStreams: 1 },
    })
    const http2 = sessionTo(server.url)
    const { socket } = await openSocket(wsUrl(server), { http2 })
    expect((await failure(wsUrl(server), { http2, timeout: 50 })).stage).toBe('timeout')
    const waiting = openSocket(wsUrl(server), { http2 })
    taken[0]?.close(NGHTTP2_CANCEL)
    expect(await end(socket)).toBe(1006)
    expect((await waiting).response.status).toBe(200)
    // The one whose time was over was never asked for.
    expect(taken).toHaveLength(2)
  })

  test('goes on with other sockets while one does not read', async () => {
    const flood = (socket: Websocket): void => {
      for (let i = 0; i < 20; i++) socket.send('a'.repeat(50_000))
    }
    await using server = await serveHttp2((request) =>
      request.path === '/flood' ? flood : echo(request),
    )
    const http2 = sessionTo(server.url)
    let received = 0
    const { socket } = await openSocket(
      wsUrl(server, '/flood'),
      { http2 },
      ({ socket: paused }) => {
        paused.link.pause?.()
        paused.onMessage((message) => {
          received += message.text().length
        })
      },
    )
    await using other = connect(wsUrl(server), { http2 })
    other.send('b'.repeat(1_000_000))
    for await (const message of other.received()) {
      expect(message.text()).toHaveLength(1_000_000)
      break
    }
    expect(received).toBe(0)
    socket.link.resume?.()
    await vi.waitFor(() => expect(received).toBe(1_000_000))
    socket.close()
  })

  test('may end with an error that nobody listens for: its sockets tell', async () => {
    await using server = await Http2TestServer.listen(take)
    const http2 = connectHttp2(server.url, { ca })
    const { socket } = await openSocket(wsUrl(server), { http2 })
    const ended = end(socket)
    http2.destroy(new Error('lost'))
    expect(await ended).toBe(1006)
    expect(socket.link.closeRecord?.cause).toMatchObject({ cause: { message: 'lost' } })
  })
})

describe('over HTTP/2, a signal', () => {
  test('that has aborted keeps the opening from being sent', async () => {
    const asked = vi.fn()
    await using server = await Http2TestServer.listen(asked)
    const http2 = sessionTo(server.url)
    const signal = AbortSignal.abort()
    expect((await failure(wsUrl(server), { http2, signal })).stage).toBe('aborted')
    expect(asked).not.toHaveBeenCalled()
  })

  test('that aborts before the server has told its settings keeps it from being sent as well', async () => {
    const asked = vi.fn()
    await using server = await Http2TestServer.listen(asked)
    const http2 = sessionTo(server.url)
    const controller = new AbortController()
    const failed = failure(wsUrl(server), { http2, signal: controller.signal })
    controller.abort()
    expect((await failed).stage).toBe('aborted')
    await once(http2, 'remoteSettings')
    await new Promise<void>((resolve) => http2.ping(() => resolve()))
    expect(asked).not.toHaveBeenCalled()
  })

  test.each([
    ['before the answer', () => {}],
    ['during a refusal', (stream: ServerHttp2Stream) => stream.respond({ ':status': 403 })],
  ])('that aborts %s resets the stream alone', async (_, talk) => {
    const code = later<number>()
    const asked = later<void>()
    await using server = await Http2TestServer.listen((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode))
      talk(stream)
      asked.resolve()
    })
    const http2 = sessionTo(server.url)
    const controller = new AbortController()
    const failed = failure(wsUrl(server), { http2, signal: controller.signal })
    await asked.promise
    controller.abort()
    expect((await failed).stage).toBe('aborted')
    expect(await code.promise).toBe(NGHTTP2_CANCEL)
    expect(http2.closed).toBe(false)
  })

  test('that aborts later ends the socket alone', async () => {
    await using server = await Http2TestServer.listen(take)
    const http2 = sessionTo(server.url)
    const controller = new AbortController()
    const { socket } = await openSocket(wsUrl(server), { http2, signal: controller.signal })
    const ended = end(socket)
    controller.abort()
    expect(await ended).toBe(1006)
    expect(http2.closed).toBe(false)
  })
})

describe('the option http2', () => {
  const URL = 'wss://127.0.0.1:9/'
  const http2 = (): never => {
    throw new Error('no session today')
  }

  test.each<[ConnectOptions, string]>([
    [{ tls: {} }, 'the options http2 and tls both say how to connect'],
    [{ proxy: 'http://127.0.0.1' }, 'the options http2 and proxy both say how to connect'],
    [{ agent: new Agent() }, 'the options http2 and agent both say how to connect'],
    [{ headers: { 'Keep-Alive': '5' } }, "header 'Keep-Alive' cannot be sent over HTTP/2"],
    [{ headers: { te: 'trailers' } }, "header 'te' cannot be sent over HTTP/2"],
  ])('does not go with %o', (options, message) => {
    expect(() => connect(URL, { ...options, http2 })).toThrow(message)
    expect(() => new SessionClient({ ...options, http2 })).toThrow(message)
  })

  test.each([true, 'https://localhost', null, {}])('is not %j', (given) => {
    const options = { http2: given } as object
    expect(() => connect(URL, options)).toThrow('must be what connect() of node:http2 returns')
  })

  test('may be a function, which gets the URL', async () => {
    await using server = await serveHttp2(echo)
    const session = sessionTo(server.url)
    const source = vi.fn(() => session)
    const { socket } = await openSocket(wsUrl(server, '/a'), { http2: source })
    expect(source).toHaveBeenCalledExactlyOnceWith(new globalThis.URL(wsUrl(server, '/a')))
    socket.terminate()
  })

  test('may be a function that throws, or returns something else', async () => {
    const { stage, message } = await failure(URL, { http2 })
    expect([stage, message]).toEqual(['http', expect.stringMatching(/: no session today$/)])
    const promised = { http2: async () => undefined } as object
    const { cause } = await failure(URL, promised)
    expect(String(cause)).toMatch('must be what connect() of node:http2 returns')
  })
})

describe('over HTTP/2 as well', () => {
  test('open gives a socket with listeners', async () => {
    await using server = await serveHttp2(echo)
    const http2 = sessionTo(server.url)
    const text = later<string>()
    const socket = open(wsUrl(server), { http2 }, (opened) => {
      opened.onMessage((message) => text.resolve(message.text()))
      opened.send('hello')
    })
    expect(await text.promise).toBe('hello')
    const ended = end(socket)
    socket.close()
    expect(await ended).toBe(1000)
  })

  test('reconnecting takes another session when one is lost', async () => {
    await using server = await serveHttp2(echo)
    const sessions: ClientHttp2Session[] = []
    const http2 = (): ClientHttp2Session => {
      const session = sessionTo(server.url)
      sessions.push(session)
      return session
    }
    await using client = reconnecting(() => connect(wsUrl(server), { http2 }), {
      delay: () => 0,
      onOpen: (connection) => void connection.send('subscribe'),
    })
    const heard: string[] = []
    for await (const message of client.received()) {
      heard.push(message.text())
      if (heard.length === 2) break
      sessions[0]?.destroy()
    }
    expect([heard, sessions.length]).toEqual([['subscribe', 'subscribe'], 2])
  })

  test('a SessionClient opens sessions, raw ones as well, and asks again where it gets a 401', async () => {
    await using server = await serveHttp2((request) =>
      request.header('authorization') === 'Bearer fresh'
        ? echo(request)
        : new Response('', { status: 401 }),
    )
    const http2 = sessionTo(server.url)
    const authenticate = (): { readonly Authorization: string } => ({
      Authorization: 'Bearer fresh',
    })
    await using sessions = new SessionClient({ http2, authenticate })
    const answers = [1, 2, 3].map((i) =>
      sessions.webSocket(wsUrl(server), async (session) => {
        await session.send(`hello ${i}`)
        const frame = await session.incoming.receive()
        return frame.type === 'text' ? frame.readText() : undefined
      }),
    )
    expect(await Promise.all(answers)).toEqual(['hello 1', 'hello 2', 'hello 3'])
    await sessions.webSocketRaw(wsUrl(server), async (session) => {
      await session.send(new PingFrame(new Uint8Array([1])))
      expect((await session.incoming.receive()).type).toBe('pong')
    })
    expect(http2.closed).toBe(false)
  })

  test('there is a StandardWebSocket', async () => {
    await using server = await serveHttp2(echo)
    const socket = new StandardWebSocket(wsUrl(server), [], { http2: sessionTo(server.url) })
    const text = later<unknown>()
    socket.onopen = () => socket.send('hello')
    socket.onmessage = ({ data }) => text.resolve(data)
    expect(await text.promise).toBe('hello')
    const ended = later<number>()
    socket.onclose = ({ code }) => ended.resolve(code)
    socket.close()
    expect(await ended.promise).toBe(1005)
  })
})
