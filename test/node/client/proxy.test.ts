import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { proxyOf, WebSocketProxyException } from '../../../src/node/client/proxy.ts'
import {
  type ConnectOptions,
  connect,
  type NodeOptions,
  node,
  openSocket,
  SessionClient,
} from '../../../src/node/index.ts'
import { serve } from '../../../src/serving/engine.ts'
import {
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import {
  type ConnectProxy,
  type ConnectProxyOptions,
  connectProxy,
} from '../../support/connect-proxy.ts'
import { rawServer } from '../../support/raw-server.ts'
import { ca, tls } from '../../support/tls.ts'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

async function serving(handler: WsHandler = echo, options: NodeOptions = {}): Promise<string> {
  const server = await serve(handler, node(options))
  onTestFinished(() => server.stop({ drain: 0 }))
  return `${server.url.replace('http', 'ws')}/`
}

async function proxying(options?: ConnectProxyOptions): Promise<ConnectProxy> {
  const proxy = await connectProxy(options)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** Sends through it what is larger than any buffer on the way, and reads it back. */
async function talks(url: string, options: ConnectOptions): Promise<void> {
  await using client = connect(url, options)
  const large = 'antiphon '.repeat(100_000)
  client.send('hello')
  client.send(large)
  const received: string[] = []
  for await (const message of client.received()) {
    received.push(message.text())
    if (received.length === 2) break
  }
  expect(received).toEqual(['hello', large])
}

async function failureOf(url: string, options: ConnectOptions): Promise<unknown> {
  try {
    await openSocket(url, options)
  } catch (error) {
    return error
  }
  throw new Error('it was not rejected')
}

describe('a proxy', () => {
  test('opens a tunnel for ws:', async () => {
    const proxy = await proxying()
    const url = await serving()
    await talks(url, { proxy: proxy.url })
    const { host } = new URL(url)
    const [asked] = proxy.asked
    expect(proxy.asked).toHaveLength(1)
    const headers = { host, connection: 'keep-alive' }
    expect([asked?.method, asked?.url, asked?.headers]).toEqual(['CONNECT', host, headers])
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('opens a tunnel for wss:, and TLS goes through it', async () => {
    const proxy = await proxying()
    const url = await serving(echo, { hostname: 'localhost', tls })
    await talks(url, { proxy: new URL(proxy.url), tls: { ca } })
    expect(proxy.asked[0]?.url).toBe(new URL(url).host)
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', undefined],
  ])('tells the server behind it %s, if it is a name, and has it checked', async (host, told) => {
    const proxy = await proxying()
    const names: (string | undefined)[] = []
    const SNICallback = (name: string, done: (error: null) => void): void => {
      names.push(name)
      done(null)
    }
    const url = await serving(echo, { tls: { ...tls, SNICallback } })
    const checkServerIdentity = vi.fn(() => undefined)
    await talks(url.replace('127.0.0.1', host), {
      proxy: proxy.url,
      tls: { ca, checkServerIdentity },
    })
    expect(names).toEqual(told === undefined ? [] : [told])
    expect(checkServerIdentity.mock.calls).toEqual([[host, expect.anything()]])
  })

  test('may itself be reached by TLS, with certificates of its own to trust', async () => {
    const proxy = await proxying({ tls })
    await talks(await serving(), { proxy: { url: proxy.url, tls: { ca } } })
    await talks(await serving(echo, { hostname: 'localhost', tls }), {
      proxy: { url: proxy.url, tls: { ca } },
      tls: { ca },
    })
    expect(await failureOf(await serving(), { proxy: proxy.url })).toMatchObject({ stage: 'proxy' })
  })

  test.each<ConnectProxyOptions>([
    { interim: 'HTTP/1.1 100 Continue\r\n\r\n' },
    { tls, interim: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n`.repeat(16) },
  ])('may say something before it answers: %j', async (options) => {
    const proxy = await proxying(options)
    await talks(await serving(), { proxy: { url: proxy.url, tls: { ca } } })
    expect(proxy.asked).toHaveLength(1)
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('that never ends its interim responses is given up', async () => {
    const proxy = await proxying({ interim: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17) })
    const failure = await failureOf(await serving(), { proxy: proxy.url })
    expect(failure).toBeInstanceOf(WebSocketProxyException)
    expect(failure).toMatchObject({ status: 103 })
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('that switches to another protocol has not opened a tunnel', async () => {
    const proxy = await proxying({ refusal: 'HTTP/1.1 101 Switching Protocols' })
    const failure = await failureOf(await serving(), { proxy: proxy.url })
    expect(failure).toBeInstanceOf(WebSocketProxyException)
    expect(failure).toMatchObject({ status: 101 })
  })

  test('is told who asks, and the server is not', async () => {
    const proxy = await proxying()
    const seen: (string | null)[] = []
    const url = await serving((request) => {
      seen.push(request.header('proxy-authorization'), request.header('x-hop'))
      return echo(request)
    })
    const { host } = new URL(proxy.url)
    await talks(url, {
      proxy: { url: `http://ann:p%40ss@${host}`, headers: { 'X-Hop': '1', HOST: 'inner:1' } },
      headers: { 'User-Agent': 'test' },
    })
    expect(proxy.asked[0]?.headers).toMatchObject({
      'proxy-authorization': `Basic ${btoa('ann:p@ss')}`,
      'x-hop': '1',
    })
    expect(proxy.asked[0]?.headersDistinct.host).toEqual(['inner:1'])
    expect(proxy.asked[0]?.headers).not.toHaveProperty('user-agent')
    expect(seen).toEqual([null, null])
  })

  test('is checked by its own name, not by that of the server behind it', async () => {
    const proxy = await proxying({ tls, refusal: 'HTTP/1.1 403 Forbidden' })
    const failed = await failureOf('ws://ws.example/', { proxy: { url: proxy.url, tls: { ca } } })
    expect(failed).toMatchObject({ stage: 'proxy', status: 403 })
  })

  test('names the port of the scheme when the URL has none', async () => {
    const proxy = await proxying({ refusal: 'HTTP/1.1 403 Forbidden' })
    await failureOf('ws://ws.example/', { proxy: proxy.url })
    await failureOf('wss://[::1]/', { proxy: proxy.url })
    expect(proxy.asked.map(({ url }) => url)).toEqual(['ws.example:80', '[::1]:443'])
  })

  test('is what a session client goes through', async () => {
    const proxy = await proxying()
    const client = new SessionClient({ proxy: proxy.url })
    await client.webSocket(await serving(), async (session) => {
      await session.send('hello')
      expect(Buffer.from((await session.incoming.receive()).data).toString()).toBe('hello')
    })
    expect(proxy.asked).toHaveLength(1)
  })

  test('may send bytes of the tunnel with its answer', async () => {
    // What answers CONNECT here is the WebSocket server itself, all in one packet.
    const raw = await rawServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone')
    })
    onTestFinished(() => raw[Symbol.asyncDispose]())
    const failure = await failureOf('ws://ws.example/', { proxy: raw.url.replace('ws', 'http') })
    expect(failure).toBeInstanceOf(WebSocketUpgradeException)
    expect(failure).toMatchObject({ stage: 'http', status: 404, body: 'gone' })
  })
})

describe('opening by way of a proxy fails', () => {
  test('with the status and headers of a proxy that refuses', async () => {
    const proxy = await proxying({
      refusal: 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"',
    })
    const { host } = new URL(proxy.url)
    const failure = await failureOf('ws://ws.example/chat', {
      proxy: `http://ann:secret@${host}`,
    })
    expect(failure).toBeInstanceOf(WebSocketProxyException)
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({
      stage: 'proxy',
      code: 'ERR_WEBSOCKET_PROXY',
      status: 407,
      message: `cannot connect to ws://ws.example/chat: the proxy ${proxy.url} answered 407 Proxy Authentication Required`,
    })
    if (failure instanceof WebSocketProxyException) {
      expect(failure.headers.get('proxy-authenticate')).toBe('Basic realm="p"')
    }
  })

  test('without control characters in its message', async () => {
    const proxy = await proxying({ refusal: 'HTTP/1.1 403 \x1b[2JNo' })
    expect(await failureOf('ws://ws.example/chat', { proxy: proxy.url })).toMatchObject({
      message: `cannot connect to ws://ws.example/chat: the proxy ${proxy.url} answered 403 \\u001b[2JNo`,
    })
  })

  test('at the stage "proxy" when it cannot be reached', async () => {
    const gone = await rawServer()
    const proxy = gone.url.replace('ws', 'http').replace(/\/$/, '')
    await gone[Symbol.asyncDispose]()
    const failure = await failureOf('ws://ws.example/', { proxy })
    expect(failure).toBeInstanceOf(WebSocketConnectException)
    expect(failure).toMatchObject({
      stage: 'proxy',
      cause: { code: 'ECONNREFUSED' },
      message: expect.stringContaining(`cannot connect to ws://ws.example/: the proxy ${proxy}: `),
    })
  })

  test('at the stage "proxy" when its TLS cannot be begun', async () => {
    const proxy = { url: 'https://127.0.0.1:1', tls: { cert: 'none' } }
    expect(await failureOf('ws://ws.example/', { proxy })).toMatchObject({
      stage: 'proxy',
      cause: { code: expect.stringMatching(/^ERR_OSSL_/) },
    })
  })

  test('at the stage "proxy" when what answers is no proxy', async () => {
    const raw = await rawServer(({ socket }) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'))
    onTestFinished(() => raw[Symbol.asyncDispose]())
    const failure = await failureOf('ws://ws.example/', { proxy: raw.url.replace('ws', 'http') })
    expect(failure).toMatchObject({ stage: 'proxy', cause: { code: /^HPE_/ } })
  })

  test('when the proxy hangs up, at the stage it had come to', async () => {
    const raw = await rawServer(({ socket }) => socket.destroy())
    onTestFinished(() => raw[Symbol.asyncDispose]())
    const failure = await failureOf('ws://ws.example/', { proxy: raw.url.replace('ws', 'http') })
    expect(failure).toMatchObject({ stage: 'proxy', cause: { code: 'ECONNRESET' } })
    const through = await failureOf(`ws://127.0.0.1:${raw.port}/`, {
      proxy: (await proxying()).url,
    })
    expect(through).toMatchObject({ stage: 'http' })
  })

  test('at the stage "tls" when the server behind it is not trusted', async () => {
    const proxy = await proxying()
    const url = await serving(echo, { hostname: 'localhost', tls })
    const failure = await failureOf(url, { proxy: proxy.url })
    expect(failure).toMatchObject({ stage: 'tls' })
    const other = url.replace('localhost', 'ws.example')
    expect(await failureOf(other, { proxy: proxy.url, tls: { ca } })).toMatchObject({
      stage: 'tls',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('when TLS cannot be begun behind it, and lets go of it', async () => {
    const proxy = await proxying()
    const url = (await serving()).replace('ws:', 'wss:')
    expect(await failureOf(url, { proxy: proxy.url, tls: { ciphers: 'none' } })).toMatchObject({
      stage: 'tls',
      message: expect.stringContaining('the option tls cannot be used: '),
    })
    expect(proxy.asked).toHaveLength(1)
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('within its timeout when the proxy says nothing, and lets go of it', async () => {
    const proxy = await proxying({ silent: true })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const failing = failureOf('ws://ws.example/', { proxy: proxy.url, timeout: 20 })
    while (proxy.tunnels.size === 0) await new Promise((resolve) => setImmediate(resolve))
    vi.advanceTimersByTime(20)
    expect(await failing).toMatchObject({
      stage: 'timeout',
      message: 'cannot connect to ws://ws.example/: no answer within 20 ms (it got to: proxy)',
    })
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })

  test('when it is aborted, while the tunnel opens or behind it', async () => {
    const silent = await proxying({ silent: true })
    const controller = new AbortController()
    const { signal } = controller
    const opening = failureOf('ws://ws.example/', { proxy: silent.url, signal })
    await vi.waitFor(() => expect(silent.asked).toHaveLength(1))
    controller.abort(new Error('enough'))
    expect(await opening).toMatchObject({ stage: 'aborted', cause: { message: 'enough' } })

    const proxy = await proxying()
    const raw = await rawServer(() => second.abort())
    onTestFinished(() => raw[Symbol.asyncDispose]())
    const second = new AbortController()
    expect(await failureOf(raw.url, { proxy: proxy.url, signal: second.signal })).toMatchObject({
      stage: 'aborted',
    })
    await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0))
  })
})

describe('the option proxy', () => {
  test('is none when it is empty, as a variable of the environment may be', async () => {
    await using server = await serve(() => (socket) => void socket.send('hello'), node())
    const client = connect(server.url, { proxy: '' })
    await client.opened
    for await (const message of client.received()) {
      expect(message.text()).toBe('hello')
      break
    }
    client.close()
  })

  test.each([
    ['proxy.example.com', "the proxy 'proxy.example.com' is not an absolute URL"],
    ['http://ann:s/cret@proxy:3128', "the proxy 'http://proxy:3128' is not an absolute URL"],
    ['socks5://127.0.0.1:1080', "the scheme 'socks5:': use http: or https:, or an agent"],
    [{ url: 'http://p', headers: { Connection: 'close' } }, "'Connection'"],
    ['http://%ff:x@p', 'not percent-encoded UTF-8'],
  ])('cannot be %j', (option, message) => {
    expect(() => proxyOf(option)).toThrow(TypeError)
    expect(() => proxyOf(option)).toThrow(message)
    expect(() => connect('ws://localhost/', { proxy: option })).toThrow(message)
  })

  test('leaves a Proxy-Authorization that is given as it is', () => {
    const headers = { 'proxy-authorization': 'Bearer x' }
    expect(proxyOf({ url: 'http://a:b@p', headers })?.headers).toEqual([
      ['proxy-authorization', 'Bearer x'],
    ])
  })

  test('does not go with an agent', () => {
    expect(() => connect('ws://localhost/', { proxy: 'http://p', agent: new Agent() })).toThrow(
      'the options proxy and agent both say how to connect: give one of them',
    )
  })
})
