import { Agent } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ConnectOptions, connect, open, openSocket } from '../../src/node/index.ts'
import { WebSocketConnectException, WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { startWsServer } from '../support/peers/ws-server.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'
import { ca } from '../support/tls.ts'

async function failure(
  url: string,
  options: ConnectOptions = {},
): Promise<WebSocketConnectException> {
  const error: unknown = await openSocket(url, options).catch((reason: unknown) => reason)
  if (error instanceof WebSocketConnectException) return error
  throw new Error(`it did not fail as it should: ${String(error)}`)
}

async function refusal(
  talk: (connection: RawConnection) => unknown,
): Promise<WebSocketUpgradeException> {
  await using server = await rawServer(talk)
  const error = await failure(server.url)
  if (error instanceof WebSocketUpgradeException) return error
  throw error
}

describe('a connection that cannot be opened says', () => {
  test('that there is no such name', async () => {
    // As `dns.lookup` fails, without asking a server.
    const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND a.invalid'), {
      code: 'ENOTFOUND',
    })
    const agent = new Agent({ lookup: (_name, _options, found) => found(notFound, []) })
    expect(await failure('ws://a.invalid/', { agent })).toMatchObject({
      stage: 'dns',
      message: 'cannot connect to ws://a.invalid/: getaddrinfo ENOTFOUND a.invalid',
      cause: notFound,
    })
  })

  test('that nobody listens', async () => {
    const server = await rawServer()
    await server[Symbol.asyncDispose]()
    const error = await failure(server.url)
    expect(error).toMatchObject({ stage: 'tcp', cause: { code: 'ECONNREFUSED' } })
    expect(error.message).toContain(`ECONNREFUSED 127.0.0.1:${server.port}`)
  })

  test('that the certificate is for another name', async () => {
    const server = await startWsServer(true)
    const error = await failure(server.url, { tls: { ca, servername: 'other.example' } })
    expect(error).toMatchObject({ stage: 'tls', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
    await server.stop()
  })

  test('that the server does not speak TLS', async () => {
    const server = await startWsServer(false)
    const error = await failure(server.url.replace('ws:', 'wss:'))
    expect(error.stage).toBe('tls')
    await server.stop()
  })

  test('that the server hung up', async () => {
    await using server = await rawServer(({ socket }) => socket.destroy())
    expect(await failure(server.url)).toMatchObject({
      stage: 'http',
      message: `cannot connect to ${server.url}: socket hang up`,
    })
  })

  test('that the answer is not HTTP', async () => {
    await using server = await rawServer(({ socket }) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'))
    expect(await failure(server.url)).toMatchObject({
      stage: 'http',
      cause: { code: expect.stringMatching(/^HPE_/) },
    })
  })

  test('that the head of the answer is too large', async () => {
    await using server = await rawServer(({ socket }) =>
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nX-A: ${'a'.repeat(70_000)}\r\n\r\n`),
    )
    expect(await failure(server.url)).toMatchObject({
      stage: 'http',
      cause: { code: 'HPE_HEADER_OVERFLOW' },
    })
  })

  test('that the server does not answer in time, and how far it got', async () => {
    let came = 0
    const silent = createServer((socket) => void socket.once('data', () => came++))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    for (const [scheme, stage] of [
      ['ws', 'http'],
      ['wss', 'tls'],
    ]) {
      came = 0
      const url = `${scheme}://127.0.0.1:${port}/`
      const failing = failure(url, { timeout: 20 })
      while (came === 0) await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(20)
      expect(await failing).toMatchObject({
        stage: 'timeout',
        message: `cannot connect to ${url}: no answer within 20 ms (it got to: ${stage})`,
      })
    }
  })

  test('no password', async () => {
    await using server = await rawServer(({ socket }) => socket.destroy())
    const error = await failure(server.url.replace('ws://', 'ws://ann:secret@'))
    expect(error.message).toBe(`cannot connect to ${server.url}: socket hang up`)
  })
})

describe('an answer that is no upgrade', () => {
  test.each([200, 302, 400, 401, 403, 404, 426, 429, 500, 503])(
    'is told with its status %i, headers and body',
    async (status) => {
      const error = await refusal(({ socket }) =>
        socket.end(`HTTP/1.1 ${status} No\r\nX-A: b\r\nX-A: c\r\n\r\nnöt hëre`),
      )
      expect(error).toMatchObject({ stage: 'http', status, body: 'nöt hëre' })
      expect(error.headers.get('x-a')).toBe('b, c')
      expect(error.message).toMatch(new RegExp(`: the server answered ${status} No, not 101$`))
    },
  )

  test('is told with the first 64 KiB of its body', async () => {
    const { body } = await refusal(({ socket }) =>
      socket.write(`HTTP/1.1 403 No\r\n\r\n${'x'.repeat(1_000_000)}`),
    )
    expect(body).toBe('x'.repeat(65_536))
  })

  test.each<[string, (accept: string) => string[], RegExp]>([
    [
      'a wrong accept key',
      () => ['Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
      /Sec-WebSocket-Accept is 'A+=': it must be '/,
    ],
    ['no accept key', () => [], /Sec-WebSocket-Accept is missing: it must be '/],
    [
      'a subprotocol that was not offered',
      (accept) => [`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: other'],
      /Sec-WebSocket-Protocol is 'other': it must be one that was offered/,
    ],
    [
      'an extension that was not offered',
      (accept) => [`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Extensions: x-other'],
      /the server chose the extension 'x-other', which was not offered/,
    ],
  ])('has %s, and the connection is dropped', async (_, headers, message) => {
    let gone: Promise<unknown> = Promise.resolve()
    const error = await refusal((connection) => {
      gone = connection.gone
      connection.upgrade(headers(connection.accept))
    })
    expect(error).toMatchObject({ stage: 'handshake', status: 101 })
    expect(error.message).toMatch(message)
    await gone
  })
})

describe('opening that is aborted', () => {
  test('before it begins, never reaches the server', async () => {
    let reached = 0
    await using server = await rawServer(() => reached++)
    const signal = AbortSignal.abort(new Error('changed my mind'))
    expect(await failure(server.url, { signal })).toMatchObject({
      stage: 'aborted',
      cause: { message: 'changed my mind' },
    })
    expect(reached).toBe(0)
  })

  test('while it waits, leaves nothing behind', async () => {
    const abort = new AbortController()
    let gone: Promise<unknown> = Promise.resolve()
    await using server = await rawServer((connection) => {
      gone = connection.gone
      abort.abort()
    })
    expect(await failure(server.url, { signal: abort.signal })).toMatchObject({ stage: 'aborted' })
    await gone
  })

  test('by closing the client, tells so', async () => {
    await using server = await rawServer()
    const client = connect(server.url)
    client.close()
    await expect(client.opened).rejects.toMatchObject({ stage: 'aborted' })
    expect(await client.closed).toBe(WsStatus.NEVER_CONNECTED)
  })

  test('by closing a socket that is not open yet, is no error', async () => {
    await using server = await rawServer()
    const socket = open(server.url, {}, () => {})
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    const closed = new Promise((resolve) => socket.onClose(resolve))
    socket.close()
    expect(await closed).toMatchObject({ code: WsStatus.NEVER_CONNECTED.code })
    expect(errors).toEqual([])
    expect(socket.state).toBe('closed')
  })

  test('too late, drops the connection', async () => {
    const abort = new AbortController()
    let gone: Promise<unknown> = Promise.resolve()
    await using server = await rawServer((connection) => {
      gone = connection.gone
      connection.upgrade()
    })
    const { socket } = await openSocket(server.url, { signal: abort.signal })
    const closed = new Promise((resolve) => socket.onClose(resolve))
    abort.abort()
    expect(await closed).toMatchObject({ code: 1006 })
    await gone
  })
})
