import { X509Certificate } from 'node:crypto'
import { getEventListeners, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http, { Agent } from 'node:http'
import { createServer as createHttpsServer, Agent as TlsAgent } from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, createConnection, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { attach } from '../../../src/node/attach.ts'
import { connect, open, openSocket } from '../../../src/node/client/connect.ts'
import type { ConnectOptions } from '../../../src/node/client/connect-options.ts'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { node } from '../../../src/node/engine.ts'
import { acceptKey } from '../../../src/protocol/handshake/accept-key.ts'
import { bind } from '../../../src/routing/bind.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { serve } from '../../../src/serving/engine.ts'
import { accept } from '../../../src/websocket/accept.ts'
import {
  ConnectionLostException,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { CountedExtension } from '../../support/counted-extension.ts'
import { BareServer } from '../../support/http-server.ts'
import { type RawConnection, rawServer } from '../../support/raw-server.ts'
import { ca, tls } from '../../support/tls.ts'

async function failure(url: string, options?: ConnectOptions): Promise<WebSocketConnectException> {
  const error: unknown = await connect(url, options).opened.then(undefined, (reason) => reason)
  if (error instanceof WebSocketConnectException) return error
  throw new Error(`it did not fail to connect: ${String(error)}`)
}

test('an extension that throws fails the opening, and its connection is closed', async () => {
  let tell: (code: number) => void = () => {}
  const closed = new Promise<number>((resolve) => {
    tell = resolve
  })
  const app = () => (socket: Websocket) => void socket.onClose(({ code }) => tell(code))
  const webSockets = { extensions: [new CountedExtension()] }
  await using server = await serve(app, node({ webSockets }))
  class Throwing extends CountedExtension {
    override accepted(): never {
      throw new Error('it is broken')
    }
  }
  const { stage, message } = await failure(server.url.replace('http', 'ws'), {
    extensions: [new Throwing()],
  })
  expect([stage, message]).toEqual(['handshake', expect.stringMatching(/: it is broken$/)])
  expect(await closed).toBe(1006)
})

describe('a handshake on the wire', () => {
  test('has what RFC 6455, section 4.1, asks for, in its order, and nothing else', async () => {
    const heads: string[] = []
    await using server = await rawServer((connection) => {
      heads.push(connection.head)
      connection.upgrade()
    })
    await connect(`${server.url}path?query`).opened
    const [head = ''] = heads
    expect(head.replace(/Key: .*/, 'Key: *')).toBe(
      [
        'GET /path?query HTTP/1.1',
        `Host: 127.0.0.1:${server.port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: *',
        'Sec-WebSocket-Version: 13',
        '\r\n',
      ].join('\r\n'),
    )
  })

  test('has the headers, subprotocols and credentials that it is given', async () => {
    const heads: string[] = []
    await using server = await rawServer((connection) => {
      heads.push(connection.head)
      connection.upgrade()
    })
    const url = new URL(server.url)
    url.username = 'ann'
    url.password = 's3cret'
    const headers = { Host: 'other.example', 'X-One': '1', Cookie: 'a=b' }
    await connect(url, { headers, protocols: ['v1', 'v2'] }).opened
    await connect(server.url, { protocols: 'v1' }).opened
    expect(heads[0]).toContain('\r\nHost: other.example\r\n')
    expect(heads[0]).toContain('\r\nSec-WebSocket-Protocol: v1, v2\r\n')
    expect(heads[0]).toContain('\r\nAuthorization: Basic YW5uOnMzY3JldA==\r\n')
    expect(heads[0]).toContain('\r\nX-One: 1\r\nCookie: a=b\r\n')
    expect(heads[1]).toContain('\r\nSec-WebSocket-Protocol: v1\r\n')
  })

  test('is whole where a tracer adds a header to a copy of them, as OpenTelemetry does', async () => {
    const { request } = http
    const traced = (options: http.RequestOptions) =>
      request({ ...options, headers: Object.assign({}, options.headers, { traceparent: '00-1' }) })
    Object.assign(http, { request: traced })
    syncBuiltinESMExports()
    onTestFinished(() => {
      Object.assign(http, { request })
      syncBuiltinESMExports()
    })
    const heads: string[] = []
    await using server = await rawServer((connection) => {
      heads.push(connection.head)
      connection.upgrade()
    })
    const headers: [string, string][] = [
      ['X-Team', 'choir'],
      ['X-Team', 'organ'],
    ]
    await connect(server.url, { headers }).opened
    expect(heads[0]).toContain('\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n')
    expect(heads[0]).toContain('\r\nX-Team: choir\r\nX-Team: organ\r\ntraceparent: 00-1\r\n')
  })

  test('has a key of its own each time', async () => {
    const keys = new Set<string | undefined>()
    await using server = await rawServer((connection) => {
      keys.add(/^sec-websocket-key: (.*)\r$/im.exec(connection.head)?.[1])
      connection.upgrade()
    })
    await connect(server.url).opened
    await connect(server.url).opened
    expect(keys.size).toBe(2)
  })

  test('goes through an agent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
    const path = join(folder, 'socket')
    await using server = new BareServer()
    server.http.on('upgrade', (_, stream) => stream.end('HTTP/1.1 418 Over There\r\n\r\n'))
    server.http.listen(path)
    await once(server.http, 'listening')
    const over = { createConnection: () => createConnection(path) }
    const agent = Object.assign(new Agent(), over)
    const errors = [
      await failure('ws://nowhere.example/', { agent }),
      await failure('wss://nowhere.example/', { agent: Object.assign(new TlsAgent(), over) }),
    ]
    rmSync(folder, { recursive: true })
    for (const error of errors) expect(error).toMatchObject({ stage: 'http', status: 418 })
    // What failed is not the name.
    expect((await failure('ws://nowhere.example/', { agent })).stage).toBe('tcp')
  })
})

test('a connection that an agent made has no timeout and no delay of its own', async () => {
  await using server = await serve(() => () => {}, node())
  const socket = createConnection({ port: server.port, host: '127.0.0.1', timeout: 60_000 })
  const setNoDelay = vi.spyOn(socket, 'setNoDelay')
  const agent = Object.assign(new Agent(), { createConnection: () => socket })
  await connect(server.url, { agent }).opened
  expect(socket.timeout).toBe(0)
  expect(setNoDelay).toHaveBeenLastCalledWith(true)
})

test('the name that TLS checks is that of the URL or the option, not that of the header Host', async () => {
  const names: string[] = []
  const SNICallback = (name: string, done: (error: null) => void): void => {
    names.push(name)
    done(null)
  }
  await using server = await serve(() => () => {}, node({ tls: { ...tls, SNICallback } }))
  const url = `wss://localhost:${server.port}/`
  const options = { headers: { Host: 'other.example' }, tls: { ca } }
  await using client = connect(url, options)
  await client.opened
  expect(
    await failure(url, { ...options, tls: { ca, servername: 'given.example' } }),
  ).toMatchObject({ stage: 'tls' })
  expect(names).toEqual(['localhost', 'given.example'])
})

test('a server that asks for a certificate gets the one of the option tls', async () => {
  const names: unknown[] = []
  const http = createHttpsServer({ ...tls, ca, requestCert: true, rejectUnauthorized: false })
  const attachment = attach(http, () => () => {})
  http.on('secureConnection', (socket) => names.push(socket.getPeerX509Certificate()?.fingerprint))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const url = `wss://127.0.0.1:${port}/`
  for (const own of [{}, tls]) await connect(url, { tls: { ca, ...own } }).opened
  expect(names).toEqual([undefined, new X509Certificate(tls.cert).fingerprint])
  await attachment.detach()
  http.close()
})

describe('opening fails', () => {
  test('at the stage "dns" for a name that is not known', async () => {
    const error = await failure('ws://nowhere.invalid/')
    expect(error.stage).toBe('dns')
    expect(error.message).toMatch(/^cannot connect to ws:\/\/nowhere.invalid\/: getaddrinfo /)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('at the stage "tcp" where nobody listens', async () => {
    const error = await failure('ws://127.0.0.1:1/')
    expect(error.stage).toBe('tcp')
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('at the stage "tcp" where nobody listens at any address of a name', async () => {
    const error = await failure('ws://localhost:1/')
    expect(error.stage).toBe('tcp')
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('at the stage "tls" for a certificate that is not trusted', async () => {
    await using server = await serve(() => () => {}, node({ tls }))
    const error = await failure(server.url)
    expect(error.stage).toBe('tls')
    await connect(server.url, { tls: { ca } }).opened
  })

  test('at the stage "tls" for a server without TLS', async () => {
    const server = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const url = `wss://127.0.0.1:${port}/`
    const { stage, message } = await failure(url)
    expect(stage).toBe('tls')
    expect(message).toMatch(
      /^cannot connect to wss:\S+: TLS failed: [\w ]+ \(the server seems not to speak TLS there\)$/,
    )
    server.close()
  })

  test('at the stage "tls" for a server that wants a certificate of the client', async () => {
    const server = createTlsServer({ ...tls, ca, requestCert: true }, () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { stage, message } = await failure(`wss://127.0.0.1:${port}/`, { tls: { ca } })
    expect(stage).toBe('tls')
    expect(message).toMatch(/: TLS failed: [\w ]*alert certificate required$/)
    server.close()
  })

  test('at the stage "http" on a connection that an agent had already', async () => {
    let answers = 0
    await using server = await BareServer.listen()
    server.http.on('upgrade', (_, socket) => {
      if (answers++ === 0) socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n')
      socket.once('data', () => socket.destroy())
    })
    const agent = new Agent({ keepAlive: true })
    expect((await failure(server.url, { agent })).stage).toBe('http')
    expect((await failure(server.url, { agent })).stage).toBe('http')
    expect(server.sockets.length).toBe(1)
  })

  test('at the stage "tcp" where no connection can even begin', async () => {
    // To an address for many, TCP says no at once.
    expect((await failure('ws://255.255.255.255:1/')).stage).toBe('tcp')
  })

  test('at the stage "http" for a server that hangs up', async () => {
    await using server = await rawServer(({ socket }) => socket.destroy())
    const error = await failure(server.url)
    expect([error.stage, error.message]).toEqual(['http', expect.stringContaining('hang up')])
  })

  test('at the stage "http" for a server that hangs up after TLS', async () => {
    const server = createTlsServer(tls, (socket) => socket.once('data', () => socket.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const error = await failure(`wss://127.0.0.1:${port}/`, { tls: { ca } })
    expect([error.stage, error.message]).toEqual(['http', expect.stringContaining('hang up')])
    server.close()
  })

  test('at the stage "http" for what is no HTTP', async () => {
    await using server = await rawServer(({ socket }) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
    const error = await failure(server.url)
    expect(error.stage).toBe('http')
    expect(error.message).toContain('Parse Error')
  })

  test('with the status, headers and body of a refusal', async () => {
    await using server = await serve(
      () => new Response('no ticket', { status: 402, headers: { 'x-price': '3' } }),
      node(),
    )
    const error = await failure(`${server.url}/shop`)
    expect(error).toBeInstanceOf(WebSocketUpgradeException)
    expect(error.message).toBe(
      `cannot connect to ${server.url}/shop: the server answered 402 Payment Required, not 101: no ticket`,
    )
    const { stage, status, headers, body } = error as WebSocketUpgradeException
    expect([stage, status, headers.get('x-price'), body]).toEqual(['http', 402, '3', 'no ticket'])
  })

  test.each<[what: string, body: string, type: string, said: string]>([
    [
      'the first line of the body',
      'no ticket\nsee below',
      'text/plain;charset=utf-8',
      ': no ticket',
    ],
    [
      'at most 200 characters of the body',
      'x'.repeat(201),
      'text/plain',
      `: ${'x'.repeat(200)}...`,
    ],
    ['nothing of the body that steers a terminal', '\x1b[2Jno', 'text/plain', ': \\u001b[2Jno'],
    ['nothing of the body that the status says', 'Forbidden\n', 'text/plain', ''],
    ['nothing of a body that is not plain text', '<p>no</p>', 'text/html', ''],
  ])('with %s in its message', async (_, body, type, said) => {
    const headers = { 'content-type': type }
    await using server = await serve(() => new Response(body, { status: 403, headers }), node())
    const { message } = await failure(server.url)
    expect(message.split('403 Forbidden, not 101')[1]).toBe(said)
  })

  test('with the beginning of a long body', async () => {
    await using server = await serve(
      () => new Response('x'.repeat(200_000), { status: 403 }),
      node(),
    )
    const error = (await failure(server.url)) as WebSocketUpgradeException
    expect(error.body).toBe('x'.repeat(65_536))
  })

  test('with what has come of a body that is torn', async () => {
    await using server = await rawServer(({ socket }) => {
      socket.write('HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy())
    })
    expect(await failure(server.url)).toMatchObject({ status: 403, body: 'half' })
  })

  test.each<[string, ConnectOptions, number]>([
    ['in two seconds', {}, 2_000],
    ['in what is left of the timeout', { timeout: 1_000 }, 1_000],
  ])('with what has come of a body that does not end %s', async (_, options, time) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await using server = await rawServer(({ socket }) => {
        socket.write('HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nhalf')
      })
      const failing = failure(server.url, options)
      for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(time)
      expect(await failing).toMatchObject({ status: 403, body: 'half' })
    } finally {
      vi.useRealTimers()
    }
  })

  test('with the place that a redirect names, where it does not go', async () => {
    await using server = await rawServer(({ socket }) => {
      socket.end('HTTP/1.1 301 Moved\r\nLocation: wss://b.example/\r\nContent-Length: 0\r\n\r\n')
    })
    expect((await failure(server.url)).message).toMatch(
      /: the server answered 301 Moved, not 101 \(it redirects to 'wss:\/\/b.example\/', which is not followed\)$/,
    )
  })

  test('without control characters in its message', async () => {
    await using server = await rawServer(({ socket }) => {
      socket.end('HTTP/1.1 403 \x1b[2JNo\r\nContent-Length: 0\r\n\r\n')
    })
    const { message } = await failure(server.url)
    expect(message).toMatch(/: the server answered 403 \\u001b\[2JNo, not 101$/)
  })

  test('without the password and the query of the URL in its message', async () => {
    const error = await failure('ws://ann:s3cret@127.0.0.1:1/path?token=s3cret')
    expect(error.message).toMatch(/^cannot connect to ws:\/\/127.0.0.1:1\/path\?\*\*\*: /)
  })

  test.each<[string, string, ConnectOptions, string, string]>([
    ['a certificate', 'wss://127.0.0.1:1/', { tls: { cert: 'none' } }, 'tls', 'the option tls'],
    [
      'an agent for another scheme',
      'ws://127.0.0.1:1/',
      { agent: new TlsAgent() },
      'tcp',
      'the option agent cannot be used: Protocol "http:" not supported. Expected "https:"',
    ],
    [
      'a certificate beside an agent',
      'wss://127.0.0.1:1/',
      { agent: new TlsAgent(), tls: { cert: 'none' } },
      'tls',
      'the option tls',
    ],
    [
      'what is no certificate',
      'wss://127.0.0.1:1/',
      JSON.parse('{ "tls": { "cert": 5 } }'),
      'tls',
      'the option tls',
    ],
    [
      'what TLS of a proxy has',
      'ws://127.0.0.1:1/',
      { proxy: { url: 'https://127.0.0.1:1', tls: { ciphers: 'none' } } },
      'proxy',
      'the proxy https://127.0.0.1:1: ',
    ],
  ])('with an error that names an option that Node finds wrong: %s', async (_, ...given) => {
    const [url, options, stage, message] = given
    const error = await failure(url, options)
    expect([error.stage, error.message]).toEqual([stage, expect.stringContaining(message)])
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('at the stage "timeout", saying how far it got', async () => {
    let hear!: () => void
    const heard = new Promise<void>((resolve) => {
      hear = resolve
    })
    await using server = await rawServer(() => hear())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const failing = failure(server.url, { timeout: 20 })
    await heard
    vi.advanceTimersByTime(20)
    const error = await failing
    expect(error.stage).toBe('timeout')
    expect(error.message).toContain('no answer within 20 ms (it got to: http)')
  })

  test('at the stage "aborted", with the reason', async () => {
    const reason = new Error('never mind')
    const early = await failure('ws://127.0.0.1:1/', { signal: AbortSignal.abort(reason) })
    expect([early.stage, early.cause]).toEqual(['aborted', reason])
    const controller = new AbortController()
    await using server = await rawServer(() => controller.abort(reason))
    const late = await failure(server.url, { signal: controller.signal })
    expect([late.stage, late.cause]).toEqual(['aborted', reason])
  })

  test('before anything is looked up or connected to, where the signal is aborted already', async () => {
    const lookup = vi.fn()
    const createConnection = vi.fn()
    const agent = Object.assign(new Agent(), { createConnection })
    const signal = AbortSignal.abort()
    expect((await failure('wss://a.example/', { signal, tls: { lookup } })).stage).toBe('aborted')
    expect((await failure('ws://a.example/', { signal, agent })).stage).toBe('aborted')
    await using proxy = await BareServer.listen((_, response) => response.end())
    expect((await failure('ws://a.example/', { signal, proxy: proxy.url })).stage).toBe('aborted')
    await fetch(proxy.url)
    expect([lookup, createConnection].flatMap((fn) => fn.mock.calls)).toEqual([])
    expect(proxy.sockets.length).toBe(1)
  })
})

describe('an answer is not taken', () => {
  test.each<[string, (connection: RawConnection) => void, string]>([
    [
      'with a bad accept key',
      ({ upgrade }) => upgrade(['Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=']),
      "Sec-WebSocket-Accept is 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=': it must be",
    ],
    ['without an accept key', ({ upgrade }) => upgrade([]), 'Sec-WebSocket-Accept is missing'],
    [
      'with a subprotocol that was not offered',
      ({ upgrade, accept }) =>
        upgrade([`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: v9']),
      "Sec-WebSocket-Protocol is 'v9': it must be one that was offered",
    ],
    [
      'with an extension that was not offered',
      ({ upgrade, accept }) =>
        upgrade([`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Extensions: x-mux']),
      "the extension 'x-mux', which was not offered",
    ],
    [
      'with another upgrade',
      ({ socket, accept }) =>
        void socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        ),
      "Upgrade header is 'h2c': it must be 'websocket'",
    ],
  ])('%s', async (_, talk, message) => {
    let gone: Promise<unknown> | undefined
    await using server = await rawServer((connection) => {
      gone = connection.gone
      talk(connection)
    })
    const error = await failure(server.url, { protocols: 'v1' })
    expect(error).toMatchObject({ stage: 'handshake', status: 101, code: 'ERR_WEBSOCKET_UPGRADE' })
    expect(error.message).toContain(message)
    await gone
  })

  test('when it is a 101 that upgrades nothing', async () => {
    await using server = await rawServer(({ socket }) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    expect(await failure(server.url)).toMatchObject({
      stage: 'handshake',
      status: 101,
      message: expect.stringContaining(": the server's Upgrade header "),
    })
  })
})

describe('invalid options throw at once', () => {
  test.each<[string, string, ConnectOptions, string]>([
    ['a URL that is none', 'nowhere', {}, 'is not an absolute URL'],
    ['a scheme of something else', 'ftp://a/', {}, "the scheme 'ftp:'"],
    ['a fragment', 'ws://a/#b', {}, 'has a fragment'],
    [
      'a subprotocol that is no token',
      'ws://a/',
      { protocols: 'a b' },
      "'a b' cannot be a subprotocol",
    ],
    ['a subprotocol twice', 'ws://a/', { protocols: ['a', 'a'] }, 'is given twice'],
    [
      'a header of the handshake',
      'ws://a/',
      { headers: { Upgrade: 'h2c' } },
      "header 'Upgrade' belongs",
    ],
    ['a timeout below 0', 'ws://a/', { timeout: -1 }, 'the option timeout is -1'],
    [
      'a timeout without end',
      'ws://a/',
      { timeout: Number.POSITIVE_INFINITY },
      'at most 2147483647 ms',
    ],
    [
      'a limit that is no number',
      'ws://a/',
      { maxMessageSize: Number.NaN },
      'the option maxMessageSize',
    ],
  ])('%s', (_, url, options, message) => {
    expect(() => connect(url, options)).toThrow(message)
  })

  test('an unknown mode, for callers without types', () => {
    expect(() => Reflect.apply(connect, undefined, ['ws://a/', { mode: 'frame' }])).toThrow(
      new RangeError('the option mode is frame, not messages or frames or fragments'),
    )
  })

  test('as a rejection where the result is a promise', async () => {
    await expect(openSocket('nowhere')).rejects.toThrow(TypeError)
  })
})

test('a client of frames opens as any other', async () => {
  await using server = await serve(() => () => {}, node())
  await using client = connect(server.url, { mode: 'frames' })
  expect((await client.opened).state).toBe('open')
})

describe('openSocket', () => {
  test('resolves with the socket and the head of the response', async () => {
    await using server = await serve(
      () => accept((socket) => void socket.send('hello'), { headers: { 'x-room': 'blue' } }),
      node(),
    )
    const { socket, response } = await openSocket(server.url)
    expect([response.status, response.headers.get('x-room')]).toEqual([101, 'blue'])
    const text = await new Promise((resolve) => {
      socket.onMessage((message) => resolve(message.text()))
    })
    expect(text).toBe('hello')
  })

  test('leaves no timer', async () => {
    await using server = await serve(() => () => {}, node())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using client = connect(server.url)
    await client.opened
    expect(vi.getTimerCount()).toBe(0)
    await expect(connect('ws://127.0.0.1:1/').opened).rejects.toThrow('ECONNREFUSED')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a signal', () => {
  test('terminates the socket when it is aborted later', async () => {
    const ends: number[] = []
    await using server = await serve(
      () => (socket) => socket.onClose(({ code }) => ends.push(code)),
      node(),
    )
    const controller = new AbortController()
    const client = connect(server.url, { signal: controller.signal })
    await client.opened
    const reason = new Error('enough')
    controller.abort(reason)
    expect((await client.closed).code).toBe(1006)
    expect(() => [...client.received()]).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ cause: reason }) }),
    )
    await vi.waitFor(() => expect(ends).toEqual([1006]), { interval: 1 })
  })

  test('may be that of many, without a warning of a leak', async () => {
    await using server = await serve(() => () => {}, node())
    const controller = new AbortController()
    const { signal } = controller
    const sessions = new SessionClient()
    const receiving = Array.from({ length: 11 }, async () => {
      const session = await sessions.webSocketSession(server.url, { signal })
      return await session.incoming.receive({ signal }).catch(() => session.closed)
    })
    const clients = Array.from({ length: 11 }, () => connect(server.url, { signal }))
    await Promise.all(clients.map(({ opened }) => opened))
    expect(getEventListeners(signal, 'abort').length).toBe(1)
    controller.abort()
    await Promise.all([...receiving, ...clients.map(({ closed }) => closed)])
    expect(getEventListeners(signal, 'abort').length).toBe(0)
  })

  test('has no listener once the socket has closed', async () => {
    await using server = await serve(() => (socket) => socket.close(), node())
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const client = connect(server.url, { signal: controller.signal })
    await client.closed
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
    const refused = connect('ws://127.0.0.1:1/', { signal: controller.signal })
    await refused.closed
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })
})

describe('when it is closed while it opens, a client', () => {
  test('hangs up, and is never connected', async () => {
    let gone: Promise<unknown> | undefined
    await using server = await rawServer((connection) => {
      gone = connection.gone
      client.close()
    })
    const client = connect(server.url)
    const error = await client.opened.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'WebSocketConnectException', stage: 'aborted' })
    expect((await client.closed).code).toBe(-1)
    await gone
  })

  test('hangs up also when the answer has come, and nobody has seen it yet', async () => {
    let gone: Promise<unknown> | undefined
    await using server = await rawServer((connection) => {
      gone = connection.gone
      connection.upgrade()
    })
    // Before any of the promises goes on that the answer resolves, and between them.
    for (let steps = 0; steps < 20; steps++) {
      const controller = new AbortController()
      const abort = async (): Promise<void> => {
        for (let i = 0; i < steps; i++) await undefined
        controller.abort()
      }
      const agent = Object.assign(new Agent(), {
        createConnection() {
          const socket = createConnection(server.port, '127.0.0.1')
          // Behind Node's own listener.
          socket.once('ready', () => socket.on('data', abort))
          return socket
        },
      })
      const client = connect(server.url, { agent, signal: controller.signal })
      const opened = client.opened.then(undefined, ({ stage }) => stage)
      await client.closed
      if (steps === 0) expect(await opened).toBe('aborted')
      await gone
    }
  })

  test('hangs up also while the rest of a refusal is to come', async () => {
    let gone: Promise<unknown> | undefined
    await using server = await rawServer(({ socket, gone: closed }) => {
      gone = closed
      socket.write('HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nhalf')
    })
    const controller = new AbortController()
    const agent = Object.assign(new Agent(), {
      createConnection() {
        const socket = createConnection(server.port, '127.0.0.1')
        const abort = (): NodeJS.Immediate => setImmediate(() => controller.abort())
        socket.once('ready', () => socket.once('data', abort))
        return socket
      },
    })
    const client = connect(server.url, { agent, signal: controller.signal })
    await expect(client.opened).rejects.toMatchObject({ stage: 'aborted' })
    await gone
  })

  test('hangs up also where the answer is just coming in', async () => {
    let gone: Promise<unknown> | undefined
    await using server = await rawServer((connection) => {
      gone = connection.gone
      connection.upgrade()
    })
    const client = connect(server.url)
    await vi.waitUntil(() => gone !== undefined, { interval: 1 })
    client.terminate()
    await client.closed
    await gone
  })
})

test('a client whose opening nobody awaits raises no unhandled rejection', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const client = connect('ws://127.0.0.1:1/')
  await client.closed
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('a sender that waits when send says false stays below the limit while the socket opens', async () => {
  let received = 0
  await using server = await serve(
    () => (socket) =>
      socket.onMessage((message) => {
        received += message.byteLength
      }),
    node(),
  )
  const limits = { highWaterMark: 1024, maxBufferedAmount: 16_384 }
  const socket = open(server.url, limits, () => {})
  const part = 'x'.repeat(512)
  for (let i = 0; i < 100; i++) if (!socket.send(part)) await socket.drained()
  await vi.waitFor(() => expect(received).toBe(51_200))
  expect(socket.state).toBe('open')
  const client = connect(server.url, limits)
  expect([1, 2, 3].map(() => client.send(part))).toEqual([true, true, false])
  await client.opened
  client.close()
  socket.close()
})

test('frames that come with the answer are read', async () => {
  await using server = await rawServer(({ upgrade, accept }) =>
    upgrade([`Sec-WebSocket-Accept: ${accept}`], { opcode: 1, payload: 'a' }, { opcode: 8 }),
  )
  const client = connect(server.url)
  const texts: string[] = []
  for await (const message of client.received()) texts.push(message.text())
  expect([texts, (await client.closed).code]).toEqual([['a'], 1005])
})

describe('a connection that breaks in the turn in which the answer comes', () => {
  const broken = new Error('a record could not be read')
  const through = (then: (stream: Duplex) => void, accept = acceptKey): ConnectOptions => {
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        done()
        const key = /^sec-websocket-key: (.*)\r$/im.exec(chunk.toString())?.[1] ?? ''
        stream.push(
          `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept(key)}\r\n\r\n`,
        )
        // Behind the answer, and before any promise.
        process.nextTick(() => process.nextTick(then, stream))
      },
    })
    return { agent: Object.assign(new Agent(), { createConnection: () => stream }) }
  }

  test.each<[string, Error | undefined, (stream: Duplex) => void]>([
    ['is lost', undefined, (stream) => stream.destroy()],
    ['fails', broken, (stream) => stream.destroy(broken)],
    // As TLS does over a stream that is no socket of Node, such as one through SSH.
    ['reports an error and stays open', broken, (stream) => stream.emit('error', broken)],
  ])('is closed with 1006 if it %s', async (_, cause, then) => {
    const { socket } = await openSocket('ws://a.example/', through(then))
    const code = await new Promise((resolve) => socket.onClose((status) => resolve(status.code)))
    expect(code).toBe(1006)
    const lost = socket.link.closeRecord?.cause
    expect([lost?.name, lost?.cause]).toEqual(['ConnectionLostException', cause])
  })

  test('fails if the answer is wrong as well', async () => {
    const options = through(
      (stream) => stream.destroy(broken),
      () => '',
    )
    expect((await failure('ws://a.example/', options)).stage).toBe('handshake')
  })
})

test('what a client receives equals what was sent, for a test that compares', async () => {
  const sent = [WsMessage.binary(new Uint8Array(200).fill(7)), WsMessage.text('a')]
  const app = accept((socket) => {
    for (const message of [...sent, ...sent]) socket.send(message)
    socket.close()
  })
  await using server = await serve(() => app, node({ port: 0 }))
  const received: WsMessage[] = []
  for await (const message of connect(`ws://127.0.0.1:${server.port}/`).received())
    received.push(message)
  expect(received).toEqual([...sent, ...sent])
})

test.each([
  ['closed', (socket: Websocket) => socket.close()],
  ['dropped', (socket: Websocket) => socket.terminate()],
])('a client that is paused notices by its pings that the connection was %s', async (_, end) => {
  const app = websockets(bind('/', () => (socket) => socket.onMessage(() => end(socket))))
  const server = await serve(app, node({ webSockets: { closeTimeout: 50 } }))
  onTestFinished(() => server.stop({ drain: 0 }))
  const client = connect(server.url, { pingInterval: 20, pongTimeout: 5 })
  const socket = await client.opened
  socket.link.pause?.()
  client.send('end')
  expect(await client.closed).toMatchObject({ code: 1006 })
  expect(socket.link.closeRecord?.cause).toBeInstanceOf(ConnectionLostException)
})
