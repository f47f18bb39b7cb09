import { describe, expect, onTestFinished, test } from 'vitest'
import { SessionClient, type SessionClientConfig } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { ChannelOverflowException } from '../../src/session/errors.ts'
import type { DefaultWebSocketSession } from '../../src/session/session.ts'
import { NotSupportedException, WebSocketConnectException } from '../../src/websocket/errors.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

usePlatformWebSocket()

async function echo(session: DefaultWebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

/** A server of one kind of session, for the time of the test; its URL, and how its first session ended. */
async function serving(
  talk: (session: DefaultWebSocketSession) => Promise<void> = echo,
): Promise<{ readonly url: string; readonly seen: Promise<number> }> {
  let tell: (code: number) => void
  const seen = new Promise<number>((resolve) => {
    tell = resolve
  })
  const app = websockets(
    webSocket('/', { protocol: 'chat' }, (session) => {
      void session.closeReason.then(({ code }) => tell(code))
      return talk(session)
    }),
  )
  const server = await serve(app, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  return { url: server.url.replace('http', 'ws'), seen }
}

/** A client, for the time of the test. */
function clientWith(config?: SessionClientConfig): SessionClient {
  const client = new SessionClient({ protocols: 'chat', ...config })
  onTestFinished(() => client.close())
  return client
}

describe('a session over the platform', () => {
  test('sends and receives whole frames, large ones too', async () => {
    const { url, seen } = await serving()
    const large = new Uint8Array(200_000).fill(7)
    const received = await clientWith().webSocket(url, async (session) => {
      void session.send('text')
      void session.send(large)
      void session.send(large)
      const [text, bytes] = [await session.incoming.receive(), await session.incoming.receive()]
      await session.incoming.receive()
      return [text.type, text.fin, bytes.type, bytes.data.length]
    })
    expect(received).toEqual(['text', true, 'binary', 200_000])
    expect(await seen).toBe(1000)
  })

  test('has the request and what is known of the response', async () => {
    const { url } = await serving()
    const { call } = await clientWith().webSocketSession(url, { parameters: { a: 'b c' } })
    expect(call.request.url).toBe(`${url.replace('ws', 'http')}/?a=b+c`)
    expect(call.response.status).toBe(101)
    expect([...call.response.headers]).toEqual([['sec-websocket-protocol', 'chat']])
  })

  test('hears in a loop of what the server sends, until it closes', async () => {
    const { url } = await serving(async (session) => {
      for (const text of ['a', 'b', 'c']) await session.send(text)
    })
    const texts = await clientWith().webSocket(url, async (session) => {
      const taken: string[] = []
      for await (const frame of session.incoming) {
        if (frame.type === 'text') taken.push(frame.readText())
      }
      return taken
    })
    expect(texts).toEqual(['a', 'b', 'c'])
  })

  test('closes with 4011 when its block throws, and rejects with what it threw', async () => {
    const { url, seen } = await serving()
    const fault = new Error('a fault')
    const running = clientWith().webSocket(url, () => Promise.reject(fault))
    await expect(running).rejects.toBe(fault)
    expect(await seen).toBe(4011)
  })

  test('closes with a code of the RFC 3000 higher, and with others as they are', async () => {
    const { url, seen } = await serving()
    const client = clientWith()
    const session = await client.webSocketSession(url)
    const record = await session.close(new CloseReason(1008, 'why'))
    expect(record).toMatchObject({ local: { code: 4008, message: 'why' }, clean: true })
    expect(await seen).toBe(4008)
    const other = await client.webSocketSession(url)
    expect(() => other.close(new CloseReason(1005))).toThrow(RangeError)
    expect((await other.close(new CloseReason(4000))).reason.code).toBe(4000)
  })

  test('closes with 4013 when it takes too little, since the platform cannot pause', async () => {
    const { url, seen } = await serving(async (session) => {
      for (let i = 0; i < 20; i++) await session.send('a')
      await session.closed
    })
    const client = clientWith({ channels: { incoming: { capacity: 8 } } })
    const session = await client.webSocketSession(url)
    const { cause, reason } = await session.closed
    expect(cause).toBeInstanceOf(ChannelOverflowException)
    expect([reason.code, await seen]).toEqual([4013, 4013])
  })

  test('goes away with its client', async () => {
    const { url, seen } = await serving()
    const client = clientWith()
    const session = await client.webSocketSession(url)
    await client.close()
    expect(session.closeRecord?.local?.code).toBe(4001)
    expect(await seen).toBe(4001)
  })
})

describe('what the platform lacks', () => {
  test('is headers', async () => {
    const opening = clientWith().webSocketSession('ws://127.0.0.1:1/', { headers: { 'x-a': '1' } })
    await expect(opening).rejects.toThrow(NotSupportedException)
    await expect(opening).rejects.toThrow('x-a')
  })

  test('is pings, frame limits, control frames and fragments', async () => {
    const { url } = await serving()
    const session = await clientWith().webSocketSession(url)
    expect(() => session.pingInterval).toThrow(NotSupportedException)
    expect(() => {
      session.pongTimeout = 1
    }).toThrow(NotSupportedException)
    expect(() => session.maxFrameSize).toThrow(NotSupportedException)
    await expect(session.send(new Frame.Ping(Uint8Array.of(1)))).rejects.toThrow(
      'whole messages only, not ping frames',
    )
  })
})

test('an option that the platform cannot follow is no option, and is told where nothing checks types', async () => {
  const { url } = await serving()
  const shared = { protocols: 'chat', pingInterval: 30_000 }
  const opening = clientWith(shared).webSocketSession(url)
  await expect(opening).rejects.toThrow(new TypeError('the platform has no option pingInterval'))
})

test('a session that cannot be opened rejects, as do an abort and a closed client', async () => {
  const client = clientWith()
  const nowhere = client.webSocket('ws://127.0.0.1:1/', () => {})
  await expect(nowhere).rejects.toThrow(WebSocketConnectException)
  const signal = AbortSignal.abort(new Error('enough'))
  const { url } = await serving()
  await expect(client.webSocketSession(url, { signal })).rejects.toMatchObject({ stage: 'aborted' })
  await client.close()
  await expect(client.webSocketSession(url)).rejects.toMatchObject({ stage: 'aborted' })
})

test('a configuration that cannot be is refused at once', () => {
  expect(() => new SessionClient({ timeout: -1 })).toThrow('timeout')
  expect(() => new SessionClient({ channels: { incoming: { capacity: 0 } } })).toThrow(RangeError)
})
