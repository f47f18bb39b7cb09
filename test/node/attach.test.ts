import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import express from 'express'
import { describe, expect, test, vi } from 'vitest'
import { deferred } from '../../src/client/deferred.ts'
import { attach } from '../../src/node/attach.ts'
import { connect } from '../../src/node/client/connect.ts'
import { upgrader } from '../../src/node/upgrader.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { BareServer } from '../support/http-server.ts'
import { clientFrames, handshake, RawClient } from '../support/raw-client.ts'
import { ca, tls } from '../support/tls.ts'

const saying =
  (text: string): WsHandler =>
  () =>
  (socket) =>
    socket.send(text)

async function heard(url: string): Promise<string> {
  await using client = connect(url, { tls: { ca } })
  for await (const message of client.received()) return message.text()
  return 'nothing'
}

async function status(url: string): Promise<number> {
  const error: unknown = await connect(url).opened.then(undefined, (reason) => reason)
  return error instanceof WebSocketUpgradeException ? error.status : 0
}

describe('attach', () => {
  test('serves WebSockets on a bare server, whose HTTP goes on', async () => {
    await using server = await BareServer.listen((_, response) => response.end('plain'))
    attach(server.http, saying('hello'))
    expect(await heard(server.url)).toBe('hello')
    expect(await (await fetch(server.url)).text()).toBe('plain')
  })

  test('tells the address of the peer, also when the connection is gone if it was asked before', async () => {
    let ended!: (address: string | undefined) => void
    const end = new Promise<string | undefined>((resolve) => {
      ended = resolve
    })
    await using server = await BareServer.listen()
    attach(server.http, ({ remoteAddress }) => (socket) => {
      socket.onClose(() => ended(socket.upgradeRequest.remoteAddress))
      socket.send(`${remoteAddress}`)
    })
    expect(await heard(server.url)).toBe('127.0.0.1')
    expect(await end).toBe('127.0.0.1')
  })

  test('serves WebSockets on a Unix socket, where peers have no address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
    const path = join(folder, 'socket')
    await using server = new BareServer()
    attach(server.http, ({ url, remoteAddress }) => (socket) => {
      socket.send(`${url} ${remoteAddress}`)
    })
    server.http.listen(path)
    await once(server.http, 'listening')
    const agent = Object.assign(new Agent(), { createConnection: () => createConnection(path) })
    await using client = connect('ws://localhost/a?b', { agent })
    for await (const message of client.received()) {
      expect(message.text()).toBe('http://localhost/a?b undefined')
      break
    }
    rmSync(folder, { recursive: true })
  })

  test('serves WebSockets on a server of Express', async () => {
    const app = express()
    app.get('/page', (_, response) => {
      response.send('a page')
    })
    await using server = await BareServer.listen(app)
    attach(
      server.http,
      websockets(bind('/hello/:name', (request) => saying(request.params.name)(request))),
    )
    expect(await heard(`${server.url}/hello/ann`)).toBe('ann')
    expect(await (await fetch(`${server.url}/page`)).text()).toBe('a page')
    expect(await status(`${server.url}/other`)).toBe(404)
  })

  test.each([
    ['TLS', () => createTlsServer(tls)],
    ['HTTP/2', () => createSecureServer({ ...tls, allowHTTP1: true })],
  ])('serves WebSockets on a server with %s', async (_, create) => {
    const http = create()
    const attachment = attach(http, (request) => (socket) => socket.send(request.url))
    http.listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    const address = http.address()
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    expect(await heard(`wss://${host}/a?b`)).toBe(`https://${host}/a?b`)
    await attachment.detach()
    await new Promise((resolve) => http.close(resolve))
  })

  test('leaves requests for other upgrades to the server, as if they had not asked', async () => {
    const app = express()
    const over = vi.fn()
    app.get('/ping', (_, response) => {
      response.on('close', over)
      response.send('pong')
    })
    await using server = await BareServer.listen(app)
    attach(server.http, saying('hello'))
    await using client = await RawClient.open(server.port)
    const h2c = { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings', 'HTTP2-Settings': 'AAMA' }
    client.write(handshake('/ping', h2c))
    const answer = await client.rest()
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(answer).toMatch(/\r\n\r\npong$/)
    await client.closed
    expect(over).toHaveBeenCalledOnce()
  })

  test.each([
    ['both by default', [undefined, undefined]],
    ['one of them with unmatched ignored', ['ignore', undefined]],
    ['both with unmatched 404', [404, 404]],
  ] as const)('answers another upgrade once when attached twice, %s', async (_, unmatched) => {
    const answer = vi.fn((_: IncomingMessage, response: ServerResponse) => response.end('pong'))
    const onError = vi.fn()
    await using server = await BareServer.listen(answer)
    const attachments = unmatched.map((each) =>
      attach(server.http, saying('hello'), { unmatched: each, onError }),
    )
    await using client = await RawClient.open(server.port)
    client.write(handshake('/ping', { Upgrade: 'h2c' }))
    expect(await client.rest()).toMatch(/\r\n\r\npong$/)
    expect(answer).toHaveBeenCalledOnce()
    await using refused = await RawClient.open(server.port)
    refused.write(handshake('/ping', { Upgrade: 'h2c', 'Content-Length': '4' }))
    expect(await refused.rest()).toMatch(/^HTTP\/1.1 4\d\d /)
    expect(onError).not.toHaveBeenCalled()
    for (const attachment of attachments) await attachment.detach()
  })

  test('another upgrade is answered in full, however long the answer is', async () => {
    const body = Array.from({ length: 40 }, () => 'a'.repeat(50_000))
    await using server = await BareServer.listen((_, response) => {
      response.setHeader('Content-Length', 40 * 50_000)
      Readable.from(body).pipe(response)
    })
    attach(server.http, saying('hello'))
    await using client = await RawClient.open(server.port)
    client.write(handshake('/', { Upgrade: 'h2c' }))
    expect(await client.head()).toMatch(/^HTTP\/1.1 200 /)
    expect(await client.rest()).toHaveLength(40 * 50_000)
  })

  test('survives a client that goes while another upgrade of it is answered', async () => {
    await using server = await BareServer.listen()
    const requested = new Promise<ServerResponse>((resolve) =>
      server.http.on('request', (_, response) => resolve(response)),
    )
    attach(server.http, saying('hello'))
    const client = await RawClient.open(server.port)
    client.write(handshake('/', { Upgrade: 'h2c' }))
    const response = await requested
    client.socket.resetAndDestroy()
    await client.closed
    response.end('nobody reads this')
    await new Promise((resolve) => response.on('close', resolve))
  })

  test('notices a client that goes in silence while another upgrade of it is answered', async () => {
    await using server = await BareServer.listen()
    const requested = new Promise<ServerResponse>((resolve) =>
      server.http.on('request', (_, response) => resolve(response)),
    )
    attach(server.http, saying('hello'))
    await using client = await RawClient.open(server.port)
    // What is sent behind it is nothing that anybody reads.
    client.write(handshake('/', { Upgrade: 'h2c' }) + 'a'.repeat(200_000))
    const response = await requested
    response.write('an event')
    await client.head()
    const closed = new Promise((resolve) => response.on('close', resolve))
    client.socket.end()
    await closed
  })

  test('refuses an upgrade to something else if it has a body, or if nobody answers requests', async () => {
    const other = { Upgrade: 'h2c' }
    for (const [listener, request] of [
      [() => {}, handshake('/', { ...other, 'Content-Length': '3' })],
      [undefined, handshake('/', other)],
    ] as const) {
      await using server = await BareServer.listen(listener)
      attach(server.http, saying('hello'))
      await using client = await RawClient.open(server.port)
      client.write(request)
      expect(await client.rest()).toMatch(/^HTTP\/1.1 4\d\d /)
    }
  })

  test('uses only the WebSocket half of a poly handler', async () => {
    await using server = await BareServer.listen((_, response) => response.end('theirs'))
    const app = poly(
      routes(bind('/ping', () => new Response('ours'))),
      websockets(bind('/hello', saying('hello'))),
    )
    attach(server.http, app)
    expect(await heard(`${server.url}/hello`)).toBe('hello')
    expect(await (await fetch(`${server.url}/ping`)).text()).toBe('theirs')
    expect(await status(`${server.url}/ping`)).toBe(404)
  })

  test('answers 404 to a poly handler without WebSockets', async () => {
    await using server = await BareServer.listen()
    attach(server.http, { http: undefined, ws: undefined })
    expect(await status(server.url)).toBe(404)
  })

  test.each([
    ['by default', {}],
    ['with unmatched ignored', { unmatched: 'ignore' as const }],
  ])('serves each path by its own handler when attached twice %s', async (_, options) => {
    await using server = await BareServer.listen()
    const a = attach(server.http, websockets(bind('/a', saying('from a'))), options)
    const b = attach(server.http, websockets(bind('/b', saying('from b'))), options)
    expect(await heard(`${server.url}/a`)).toBe('from a')
    expect(await heard(`${server.url}/b`)).toBe('from b')
    await a.detach()
    expect(await heard(`${server.url}/b`)).toBe('from b')
    await b.detach()
  })

  test('refuses at once what no route takes, unless somebody else listens when it comes', async () => {
    await using server = await BareServer.listen()
    const answer = ({ url }: IncomingMessage, stream: Duplex): void => {
      if (url !== '/theirs') return
      stream.write('HTTP/1.1 101 Mine\r\n\r\n')
      stream.on('data', (chunk) => stream.end(chunk))
    }
    const ask = async (): Promise<string> => {
      await using client = await RawClient.open(server.port)
      client.write(handshake('/theirs'))
      const head = await client.head()
      client.write('echo')
      return `${head.slice(0, 12)} ${await client.rest()}`
    }
    server.http.on('upgrade', answer) // as Vite does
    const { detach } = attach(server.http, websockets(bind('/ours', saying('hello'))))
    expect(await ask()).toBe('HTTP/1.1 101 echo')
    server.http.off('upgrade', answer)
    expect(await ask()).toMatch(/^HTTP\/1.1 404 /)
    server.http.on('upgrade', answer) // as Next does, at its first request
    expect(await ask()).toBe('HTTP/1.1 101 echo')
    expect(await heard(`${server.url}/ours`)).toBe('hello')
    await detach()
  })

  test('leaves what it ignores alone, bad handshakes and other upgrades too', async () => {
    await using server = await BareServer.listen()
    attach(server.http, websockets(bind('/a', saying('from a'))), { unmatched: 'ignore' })
    attach(server.http, websockets(bind('/b', saying('from b'))), { unmatched: 'ignore' })
    let answered = 0
    server.http.on('upgrade', ({ url }, stream) => {
      if (url === '/a' || url === '/b') return
      answered++
      expect([stream.listenerCount('data'), stream.listenerCount('close')]).toEqual([0, 0])
      stream.end('HTTP/1.1 200 Mine\r\n\r\n')
    })
    for (const request of [
      handshake('/c'),
      handshake('/c', { 'Sec-WebSocket-Version': '8' }),
      handshake('/c', { 'Sec-WebSocket-Key': 'bad' }),
      handshake('/a', { Upgrade: 'h2c' }).replace('/a', '/d'),
    ]) {
      await using client = await RawClient.open(server.port)
      client.write(request)
      expect(await client.rest()).toBe('HTTP/1.1 200 Mine\r\n\r\n')
    }
    expect(answered).toBe(4)
  })

  test('lets another listener read a stream that it takes time to ignore', async () => {
    await using server = await BareServer.listen()
    const take = (url: string | undefined, stream: Duplex): void => {
      if (url === '/theirs') stream.on('data', (chunk) => stream.write(chunk))
    }
    server.http.on('upgrade', ({ url }, stream) => take(url, stream))
    attach(server.http, async () => undefined, { unmatched: 'ignore' })
    server.http.on('upgrade', ({ url }, stream) => take(url?.slice(1), stream))
    for (const path of ['/theirs', '//theirs']) {
      await using client = await RawClient.open(server.port)
      client.write(handshake(path))
      await once(server.http, 'upgrade')
      await new Promise((resolve) => setImmediate(resolve))
      client.write('hello')
      expect(String(await client.bytes(5))).toBe('hello')
    }
  })

  test.each([
    ['at once', handshake('/none')],
    ['in time', handshake('/slow')],
    ['another upgrade', handshake('/none', { Upgrade: 'h2c' })],
  ])('survives the end of what everybody ignores: %s', async (_, request) => {
    await using server = await BareServer.listen()
    for (const path of ['/a', '/b']) {
      const slow = bind('/slow', async () => undefined)
      attach(server.http, websockets(bind(path, saying(path)), slow), { unmatched: 'ignore' })
    }
    await using client = await RawClient.open(server.port)
    const upgrading = once(server.http, 'upgrade')
    client.write(request)
    const [, stream] = await upgrading
    await new Promise((resolve) => setImmediate(resolve))
    const closed = new Promise((resolve) => stream.once('close', resolve))
    client.socket.resetAndDestroy()
    await closed
    expect(stream.errored).toMatchObject({ code: 'ECONNRESET' })
  })

  test.each(['/none', '/slow'])(
    'leaves it to another listener whether an error ends the stream that it took: %s',
    async (path) => {
      await using server = await BareServer.listen()
      const slow = bind('/slow', async () => undefined)
      attach(server.http, websockets(slow), { unmatched: 'ignore' })
      await using client = await RawClient.open(server.port)
      const upgrading = once(server.http, 'upgrade')
      client.write(handshake(path))
      const [, stream] = await upgrading
      await new Promise((resolve) => setImmediate(resolve))
      const onError = vi.fn()
      stream.on('error', onError)
      stream.emit('error', new Error('theirs'))
      stream.write('still here')
      expect(String(await client.bytes(10))).toBe('still here')
      expect(onError).toHaveBeenCalledOnce()
    },
  )

  test.each([
    ['at once', handshake('/none')],
    ['in time', handshake('/slow')],
    ['another upgrade', handshake('/none', { Upgrade: 'h2c' })],
    ['behind a request', `GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${handshake('/none')}`],
    [
      'another behind it',
      `GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${handshake('/', { Upgrade: 'a' })}`,
    ],
  ])('answers what nobody takes after ten seconds, once: %s', async (_, request) => {
    const clock = new VirtualClock()
    await using server = await BareServer.listen((_message, response) => response.end('theirs'))
    for (const path of ['/a', '/b']) {
      const slow = bind('/slow', async () => undefined)
      attach(server.http, websockets(bind(path, saying(path)), slow), {
        unmatched: 'ignore',
        clock,
      })
    }
    await using client = await RawClient.open(server.port)
    const upgrading = once(server.http, 'upgrade')
    client.write(request)
    await upgrading
    await vi.waitFor(() => expect(clock.pending).toBe(2))
    clock.advance(9_999)
    client.write('and something else')
    clock.advance(1)
    const answer = await client.rest()
    expect(answer.match(/HTTP\/1.1 (?!200)[^\r]*/g)).toEqual(['HTTP/1.1 404 Not Found'])
    expect(answer).toMatch(/no WebSocket here, or none for the subprotocols that are offered\n$/)
    client.socket.end()
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true))
    clock.advance(10_000)
    expect(clock.pending).toBe(0)
  })

  test('destroys a stream that nobody takes once its client has gone, whatever the client has sent', async () => {
    const clock = new VirtualClock()
    await using server = await BareServer.listen()
    attach(server.http, () => undefined, { unmatched: 'ignore', clock })
    const client = await RawClient.open(server.port)
    const upgrading = once(server.http, 'upgrade')
    client.write(handshake())
    await upgrading
    client.write('what nobody reads')
    client.socket.end()
    clock.advance(10_000)
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true))
  })

  test('destroys a stream that another listener ends without an answer, unless it closes by itself', async () => {
    const clock = new VirtualClock()
    await using server = await BareServer.listen()
    const attachment = attach(server.http, () => undefined, { unmatched: 'ignore', clock })
    for (const unread of ['', 'what nobody reads']) {
      const client = await RawClient.open(server.port)
      const upgrading = once(server.http, 'upgrade')
      client.write(handshake())
      await upgrading
      client.write(unread)
      const stream = server.sockets.at(-1)!
      await vi.waitFor(() => expect(stream.readableLength).toBe(unread.length), { interval: 1 })
      stream.end()
      await client.closed
    }
    const [gone, left] = server.sockets
    await vi.waitFor(() => expect(gone!.closed).toBe(true), { interval: 1 })
    clock.advance(10_000)
    await vi.waitFor(() => expect(left!.closed).toBe(true), { interval: 1 })
    await attachment.detach()
    expect(clock.pending).toBe(0)
  })

  test('leaves streams to other listeners that read them, write to them, or decide about them', async () => {
    const clock = new VirtualClock()
    await using server = await BareServer.listen()
    let decide!: () => void
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    const slow = bind('/decided', async () => {
      await decided
      return (socket) => socket.send('at last')
    })
    attach(server.http, websockets(slow), { unmatched: 'ignore', clock })
    attach(server.http, websockets(bind('/a', saying('a'))), { unmatched: 'ignore', clock })
    server.http.on('upgrade', ({ url }, stream) => {
      if (url === '/read') stream.on('data', (chunk) => stream.end(chunk))
      if (url === '/readable') stream.on('readable', () => stream.end(stream.read()))
      if (url === '/written') stream.write('HTTP/1.1 101 Mine\r\n\r\n')
    })
    const clients = []
    for (const path of ['/read', '/readable', '/written', '/decided']) {
      const client = await RawClient.open(server.port)
      const upgrading = once(server.http, 'upgrade')
      client.write(handshake(path))
      await upgrading
      clients.push(client)
    }
    clock.advance(60_000)
    const [read, readable, written, waiting] = clients
    for (const reader of [read!, readable!]) {
      reader.write('hello')
      expect(await reader.rest()).toBe('hello')
    }
    server.sockets[2]!.end('and more')
    expect(await written!.rest()).toBe('HTTP/1.1 101 Mine\r\n\r\nand more')
    decide()
    expect(await waiting!.head()).toMatch(/^HTTP\/1.1 101 /)
    expect(await waiting!.shown()).toBe('1 at last')
    for (const client of clients) await client[Symbol.asyncDispose]()
  })

  describe('to a server that has another one, both with unmatched 404', () => {
    const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))
    const late: WsHandler = async () => (socket) => socket.send('late')
    const none: WsHandler = () => undefined

    test.each<[string, WsHandler, WsHandler, number]>([
      ['opens the socket of the first', echo, saying('again'), 101],
      ['opens the socket of the first while the second takes its time', echo, late, 101],
      ['opens the socket of the first where the second would refuse it', echo, none, 101],
      ['refuses what the first refuses', none, echo, 404],
      ['opens the socket of the second if that is sooner', late, echo, 101],
    ])('%s, and the hook hears of the other answer', async (_, first, second, expected) => {
      const errors: string[] = []
      const onError = ({ message }: Error) => errors.push(message)
      await using server = await BareServer.listen()
      attach(server.http, first, { onError, unmatched: 404 })
      attach(server.http, second, { onError, unmatched: 404 })
      await using client = await RawClient.open(server.port)
      client.write(handshake())
      await vi.waitFor(() => expect(errors).toHaveLength(1), { interval: 1 })
      client.write(clientFrames({ opcode: 1, payload: 'hello' }, { opcode: 8 }))
      const answer = await client.rest()
      expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual([`HTTP/1.1 ${expected}`])
      expect(answer.endsWith('\r\n\r\n\x81\x05hello\x88\x00')).toBe(expected === 101)
      expect(errors).toEqual([
        "another handler has answered this upgrade: only one may take it, and unmatched: 'ignore' leaves it to others",
      ])
    })
  })

  test('refuses bad handshakes for its own paths once, also where others are attached', async () => {
    await using server = await BareServer.listen()
    attach(server.http, websockets(bind('/a', saying('from a'))), { unmatched: 'ignore' })
    attach(server.http, websockets(bind('/b', saying('from b'))), { unmatched: 'ignore' })
    await using client = await RawClient.open(server.port)
    client.write(handshake('/b', { 'Sec-WebSocket-Key': 'bad' }))
    const answer = await client.rest()
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1)
  })

  test('counts open sockets', async () => {
    await using server = await BareServer.listen()
    const attachment = attach(server.http, saying('hello'))
    expect(attachment.size).toBe(0)
    const clients = [connect(server.url), connect(server.url)]
    await Promise.all(clients.map(({ opened }) => opened))
    expect(attachment.size).toBe(2)
    for (const client of clients) await client[Symbol.asyncDispose]()
    await attachment.detach()
    expect(attachment.size).toBe(0)
  })
})

describe('detach', () => {
  test('closes the open sockets with 1001 and takes no more, while the server goes on', async () => {
    await using server = await BareServer.listen((_, response) => response.end('still here'))
    const attachment = attach(server.http, () => () => {})
    const client = connect(server.url)
    await client.opened
    await attachment.detach()
    expect((await client.closed).toString()).toBe(WsStatus.GOING_AWAY.toString())
    expect(await (await fetch(server.url)).text()).toBe('still here')
    expect(server.http.listenerCount('upgrade')).toBe(0)
  })

  test('waits for a consumer that has something to finish', async () => {
    await using server = await BareServer.listen()
    const written = deferred<void>()
    const did: string[] = []
    const attachment = attach(server.http, () => async (socket) => {
      await new Promise((resolve) => socket.onClose(resolve))
      did.push('writes')
      await written.promise
      did.push('written')
    })
    const client = connect(server.url)
    await client.opened
    const detached = attachment.detach().then(() => did.push('detached'))
    await vi.waitUntil(() => did.length > 0 && attachment.size === 0, { interval: 1 })
    written.resolve()
    await detached
    expect(did).toEqual(['writes', 'written', 'detached'])
  })

  test('twice waits for the same end', async () => {
    await using server = await BareServer.listen()
    const attachment = attach(server.http, () => () => {})
    const client = connect(server.url)
    await client.opened
    const [first, second] = [attachment.detach(), attachment.detach()]
    expect(second).toBe(first)
    await first
    expect((await client.closed).code).toBe(1001)
  })

  test.each<[string, WsConsumer, string]>([
    ['to it', () => {}, 'close 1001 Going away'],
    ['to a close before', (socket) => socket.close(), 'close 1000'],
  ])('lets go of a peer that never answers %s', async (_, consumer, close) => {
    await using server = await BareServer.listen()
    const clock = new VirtualClock()
    const attachment = attach(server.http, () => consumer, { clock })
    await using client = await RawClient.upgraded(server.port)
    const detached = attachment.detach({ drain: 5_000 })
    expect(await client.shown()).toBe(close)
    clock.advance(5_000)
    await detached
    await client.closed
    expect([attachment.size, clock.pending]).toEqual([0, 0])
  })

  test('with invalid options changes nothing', async () => {
    await using server = await BareServer.listen()
    const attachment = attach(server.http, saying('hello'))
    expect(() => attachment.detach({ drain: -1 })).toThrow(/^the option drain is -1: /)
    expect(await heard(server.url)).toBe('hello')
    await attachment.detach()
    expect(server.http.listenerCount('upgrade')).toBe(0)
  })

  test('says the status it is given', async () => {
    await using server = await BareServer.listen()
    const attachment = attach(server.http, () => () => {})
    const client = connect(server.url)
    await client.opened
    await attachment.detach({ status: WsStatus.SERVICE_RESTART })
    expect((await client.closed).code).toBe(1012)
  })
})

test.each([undefined, 5, {}])(
  'neither attach nor an upgrader takes %j, where no type says so',
  (app) => {
    const server = createServer()
    expect(() => Reflect.apply(attach, undefined, [server, app])).toThrow(
      /^attach needs a router, /,
    )
    expect(() => Reflect.apply(upgrader, undefined, [app])).toThrow(/^an upgrader needs a router, /)
    expect(server.listenerCount('upgrade')).toBe(0)
  },
)
