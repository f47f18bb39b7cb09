import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connect, open } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { serve } from '../../src/serving/engine.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { ConnectionLostException, WebSocketConnectException } from '../../src/websocket/errors.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'

const NOWHERE = 'ws://127.0.0.1:1/'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

usePlatformWebSocket()

/** A server, for the time of the test; its URL. */
async function serving(handler: WsHandler): Promise<string> {
  const server = await serve(handler, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  return server.url.replace('http', 'ws')
}

/** A server that never answers: its URL, and its first connection once the request has come. */
async function mute(): Promise<{ readonly url: string; readonly asked: Promise<RawConnection> }> {
  let heard: (connection: RawConnection) => void
  const asked = new Promise<RawConnection>((resolve) => {
    heard = resolve
  })
  const server = await rawServer((connection) => heard(connection))
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { url: server.url, asked }
}

async function failureOf(client: WsClient): Promise<WebSocketConnectException> {
  const error = await client.opened.catch((reason: unknown) => reason)
  if (error instanceof WebSocketConnectException) return error
  throw new Error(`opened: ${String(error)}`)
}

describe('what is sent', () => {
  test('comes back as it was, empty messages too', async () => {
    const client = connect(await serving(echo))
    await client.opened
    const sent = ['text', '', '\u{1f600}', Uint8Array.of(0, 1, 0xff), new Uint8Array()]
    for (const content of sent) expect(client.send(content)).toBe(true)
    client.send(WsMessage.of('as binary').body('ab', 'binary'))
    const received: string[] = []
    for await (const message of client.received()) {
      const content = message.mode === 'text' ? message.text() : hex(message.bytes())
      received.push(`${message.mode} ${content}`)
      if (received.length === sent.length + 1) break
    }
    expect(received).toEqual([
      'text text',
      'text ',
      'text \u{1f600}',
      `binary ${hex(Uint8Array.of(0, 1, 0xff))}`,
      'binary ',
      `binary ${hex(Uint8Array.of(0x61, 0x62))}`,
    ])
    client.close()
    expect((await client.closed).code).toBe(1000)
  })

  test('before it is open is held as it was then', async () => {
    const client = connect(await serving(echo))
    const bytes = Uint8Array.of(1, 2)
    client.send(bytes)
    bytes.fill(9)
    for await (const message of client.received()) {
      expect(hex(message.bytes())).toBe(hex(Uint8Array.of(1, 2)))
      break
    }
    client.terminate()
  })

  test('before it is open is refused if it cannot be sent', async () => {
    const client = connect(await serving(echo))
    const wrong = WsMessage.text('').body(Uint8Array.of(0xff), 'text')
    expect(() => client.send(wrong)).toThrow(TypeError)
    client.send('a')
    for await (const message of client.received()) {
      expect(message.text()).toBe('a')
      break
    }
    client.terminate()
  })
})

describe('what comes', () => {
  test('before anybody listens waits for them, and survives the end', async () => {
    const client = connect(
      await serving(() => (socket) => {
        socket.send('early')
        socket.send('and late')
        socket.close()
      }),
    )
    await client.closed
    expect([...client.received()].map((message) => message.text())).toEqual(['early', 'and late'])
  })

  test('and is not taken closes with 4013, and can still be taken', async () => {
    const client = connect(
      await serving(() => (socket) => {
        for (let i = 0; i < 600; i++) socket.send(String(i))
      }),
    )
    expect((await client.closed).code).toBe(4013)
    const taken: string[] = []
    await expect(async () => {
      for await (const message of client.received()) taken.push(message.text())
    }).rejects.toMatchObject({ reason: { code: 4013 }, cause: { name: 'OverflowException' } })
    expect(taken.length).toBeGreaterThan(256)
    expect(taken).toEqual(taken.map((_, index) => String(index)))
  })
})

describe('the subprotocol', () => {
  test('is what the server chose of those offered', async () => {
    const url = await serving(({ headers }) =>
      accept((socket) => socket.send(headers.get('sec-websocket-protocol') ?? ''), {
        protocol: 'b',
      }),
    )
    const client = connect(url, { protocols: ['a', 'b'] })
    expect(client.protocol).toBe('')
    expect((await client.opened).protocol).toBe('b')
    expect(client.protocol).toBe('b')
    client.close()
    expect((await connect(url, { protocols: 'b' }).opened).protocol).toBe('b')
  })

  test.each([
    ['a URL that is none', 'nowhere', {}],
    ['a subprotocol that cannot be', NOWHERE, { protocols: 'a b' }],
  ])('%s is thrown as the platform throws it', (_, url, options) => {
    expect(() => connect(url, options)).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
  })

  test.each(['timeout', 'maxMessageSize', 'closeTimeout'])('the option %s is checked', (name) => {
    expect(() => connect(NOWHERE, { [name]: -1 })).toThrow(RangeError)
    expect(() => connect(NOWHERE, { [name]: -1 })).toThrow(name)
  })

  test('an unknown option is refused, not ignored', () => {
    const options = { protocols: 'chat', headers: { 'x-a': '1' } }
    const refusal = new TypeError('the platform has no option headers')
    expect(() => connect(NOWHERE, options)).toThrow(refusal)
    expect(() => open(NOWHERE, options, () => {})).toThrow(refusal)
  })
})

describe('a failure to connect', () => {
  test('has no stage, since the platform does not tell', async () => {
    const client = connect('ws://ann:secret@127.0.0.1:1/path?query')
    const error = await failureOf(client)
    expect(error.stage).toBe('unknown')
    expect(error.message).toBe(
      'cannot connect to ws://127.0.0.1:1/path?query: the platform does not tell why',
    )
    expect(await client.closed).toBe(WsStatus.NEVER_CONNECTED)
  })

  test.each(['onerror', 'onclose'] as const)(
    'is told where a platform tells by %s only',
    async (by) => {
      class Failing {
        readonly url = NOWHERE
        readonly bufferedAmount = 0
        onerror = (_event: object): void => {}
        onclose = (_event: object): void => {}
        constructor() {
          queueMicrotask(() => this[by]({ code: 1006, wasClean: false }))
        }
        close(): void {}
      }
      const platform = globalThis.WebSocket
      vi.stubGlobal('WebSocket', Failing)
      onTestFinished(() => void vi.stubGlobal('WebSocket', platform))
      const client = connect(NOWHERE)
      expect((await failureOf(client)).stage).toBe('unknown')
      expect(await client.closed).toBe(WsStatus.NEVER_CONNECTED)
    },
  )

  test('by refusal looks like any other', async () => {
    const client = connect(await serving(() => new Response('no', { status: 403 })))
    expect((await failureOf(client)).stage).toBe('unknown')
  })

  test('by timeout says how long it waited, and drops the connection', async () => {
    const { url, asked } = await mute()
    const clock = new VirtualClock()
    const client = connect(url, { timeout: 5_000, clock })
    const { gone } = await asked
    clock.advance(5_000)
    const error = await failureOf(client)
    expect([error.stage, error.message]).toEqual([
      'timeout',
      `cannot connect to ${url}: no answer within 5000 ms`,
    ])
    await gone
  })

  test('by an abort has its reason, before and while it opens', async () => {
    const { url } = await mute()
    const reason = new Error('enough')
    const controller = new AbortController()
    const client = connect(url, { signal: controller.signal })
    controller.abort(reason)
    const late = connect(url, { signal: controller.signal })
    for (const error of [await failureOf(client), await failureOf(late)]) {
      expect([error.stage, error.cause]).toEqual(['aborted', reason])
    }
  })

  test('is told where there is no WebSocket at all', () => {
    const platform = globalThis.WebSocket
    vi.stubGlobal('WebSocket', undefined)
    onTestFinished(() => void vi.stubGlobal('WebSocket', platform))
    expect(() => connect(NOWHERE)).toThrow('WebSocket')
  })
})

describe('a client that is given up before it opened', () => {
  test('throws for a code that cannot be sent, and connects on', async () => {
    const url = await serving(echo)
    const client = connect(url)
    expect(() => client.close(WsStatus.GOING_AWAY)).toThrow(RangeError)
    const socket = open(url, {}, () => {})
    expect(() => socket.close(WsStatus.GOING_AWAY)).toThrow(RangeError)
    expect((await client.opened).state).toBe('open')
    client.close(new CloseReason(3000, 'done'))
    expect((await client.closed).toString()).toContain('3000')
    socket.terminate()
  })

  test('opens nothing', async () => {
    const opened = vi.fn()
    const url = await serving(() => opened)
    const client = connect(url)
    client.terminate()
    expect((await failureOf(client)).stage).toBe('aborted')
    const socket = open(url, {}, opened)
    await new Promise<void>((resolve) => {
      socket.onClose(() => resolve())
      socket.close()
    })
    expect(socket.state).toBe('closed')
    expect(opened).not.toHaveBeenCalled()
  })
})

test('an abort after it opened terminates it', async () => {
  const controller = new AbortController()
  const url = await serving(echo)
  const client = connect(url, { signal: controller.signal })
  await client.opened
  const reason = new Error('enough')
  controller.abort(reason)
  expect((await client.closed).code).toBe(1006)
  const error = (await client.opened).link.closeRecord?.cause
  expect(error).toBeInstanceOf(ConnectionLostException)
  expect([error?.message, error?.cause]).toEqual([
    `lost the connection to ${url}/: it was given up`,
    reason,
  ])
})

test('a signal that many share holds on to none that has ended, opened or not', async () => {
  const { signal } = new AbortController()
  const url = await serving(echo)
  const clients = [url, url, NOWHERE].map((to) => connect(to, { signal }))
  expect(getEventListeners(signal, 'abort')).toHaveLength(3)
  for (const client of clients) client.close()
  await Promise.all(clients.map(({ closed }) => closed))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('its request is the URL without credentials, and no headers', async () => {
  const url = (await serving(echo)).replace('//', '//ann:secret@')
  const { upgradeRequest } = await connect(`${url}/a%20b?c=d`).opened
  const seen = upgradeRequest.url.replace(/:\d+/, '')
  expect(seen).toBe('http://127.0.0.1/a%20b?c=d')
  expect([upgradeRequest.method, upgradeRequest.path]).toEqual(['GET', '/a%20b'])
  expect([upgradeRequest.header('host'), [...upgradeRequest.headers]]).toEqual([null, []])
  expect(upgradeRequest.raw.url).toBe(upgradeRequest.url)
})
