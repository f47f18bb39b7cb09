import { once } from 'node:events'
import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { node } from '../../../src/node/index.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { perMessageDeflate } from '../../../src/protocol/deflate/permessage-deflate.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { webSocket } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { serve } from '../../../src/serving/engine.ts'
import { sendStream } from '../../../src/session/send-stream.ts'
import { streamedMessages } from '../../../src/session/streamed-messages.ts'
import { accept } from '../../../src/websocket/accept.ts'
import {
  WebSocketClosedException,
  WebSocketProtocolException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import { bytes } from '../../support/hex.ts'
import {
  clientWith,
  echo,
  failureOf,
  serving,
  servingRaw,
  textOf,
} from '../../support/session-client.ts'
import { ca, tls } from '../../support/tls.ts'

describe('webSocket', () => {
  test('runs the block, closes with 1000, and gives what the block gave', async () => {
    const closed = vi.fn<(status: CloseReason) => void>()
    const url = await serving(() => (socket) => {
      socket.onMessage((message) => socket.send(message))
      socket.onClose(closed)
    })
    const result = await clientWith().webSocket(url, async (session) => {
      await session.send('Hello, WebSocket!')
      const frame = await session.incoming.receive()
      return frame.type === 'text' ? frame.readText() : undefined
    })
    expect(result).toBe('Hello, WebSocket!')
    expect(closed.mock.calls).toEqual([[new CloseReason(1000)]])
  })

  test('rejects with the very error that the block threw, and closes with 1011 without revealing it', async () => {
    const closed = vi.fn<(status: CloseReason) => void>()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const thrown = new TypeError('the secret of the block')
    const failure = await failureOf(
      clientWith().webSocket(url, () => {
        throw thrown
      }),
    )
    expect(failure).toBe(thrown)
    expect(closed.mock.calls).toEqual([[new CloseReason(1011, 'Internal error')]])
  })

  test('settles when the session has ended, and not before', async () => {
    const { url } = await servingRaw((connection) => {
      connection.upgrade()
      connection.socket.once('data', () => connection.frame({ opcode: 8, payload: bytes('03e8') }))
    })
    const session = await clientWith().webSocket(url, (open) => open)
    expect(session.closeRecord).toMatchObject({ clean: true, initiator: 'local' })
  })

  test('is not held up by what the block left unread', async () => {
    const url = await serving(
      () => (socket) => {
        for (let i = 0; i < 500; i++) socket.send(new Uint8Array(16_384))
      },
      { maxBufferedAmount: 1e9 },
    )
    await clientWith({ closeTimeout: 60_000 }).webSocket(url, (session) =>
      session.incoming.receive(),
    )
  })

  test('takes a block that ends by itself, after the peer has', async () => {
    const url = await serving(() => (socket) => {
      socket.send('a')
      socket.send('b')
      socket.close(new CloseReason(1013, 'test'))
    })
    const seen: string[] = []
    const record = await clientWith().webSocket(url, async (session) => {
      for await (const frame of session.incoming) seen.push(textOf(frame))
      return session.closed
    })
    expect(seen).toEqual(['a', 'b'])
    expect(record).toMatchObject({ initiator: 'remote', reason: { code: 1013, message: 'test' } })
  })

  test('rejects when the block receives and there is no more', async () => {
    const url = await serving(() => (socket) => socket.close())
    const failure = await failureOf(
      clientWith().webSocket(url, (session) => session.incoming.receive()),
    )
    expect(failure).toBeInstanceOf(WebSocketClosedException)
    expect(failure).toMatchObject({ reason: { code: 1000 } })
  })

  test('needs a block', async () => {
    const client = clientWith()
    for (const given of [['ws://localhost'], ['ws://localhost', {}]]) {
      const call: Promise<unknown> = Reflect.apply(client.webSocket, client, given)
      await expect(call).rejects.toThrow('there is no block to run')
    }
  })

  test('rejects for a request that cannot be', async () => {
    const client = clientWith()
    await expect(client.webSocket('/chat', () => {})).rejects.toThrow(TypeError)
    await expect(client.webSocket({ port: -1 }, () => {})).rejects.toThrow(RangeError)
    await expect(client.ws('wss://localhost', () => {})).rejects.toThrow('call wss()')
    const headers = { Upgrade: 'h2c' }
    await expect(client.webSocketSession('ws://localhost', { headers })).rejects.toThrow(
      "'Upgrade'",
    )
  })
})

describe('ws and wss', () => {
  test('open by parts, one without and one with TLS', async () => {
    const plain = await serving((request) => (socket) => socket.send(request.url))
    const port = Number(new URL(plain).port)
    const client = clientWith({ tls: { ca } })
    const first = await client.ws({ host: '127.0.0.1', port, path: '/a?b=c' }, async (session) => {
      const frame = await session.incoming.receive()
      return textOf(frame)
    })
    expect(first).toBe(`http://127.0.0.1:${port}/a?b=c`)

    const secure = await serve(
      (request) => (socket) => socket.send(request.url),
      node({ hostname: 'localhost', tls }),
    )
    onTestFinished(() => secure.stop({ drain: 0 }))
    const second = await client.wss({ port: secure.port }, async (session) => {
      const frame = await session.incoming.receive()
      return textOf(frame)
    })
    expect(second).toBe(`https://localhost:${secure.port}/`)
  })

  test('use the port of their scheme', async () => {
    const asked: unknown[] = []
    class Recorder extends Agent {
      override createConnection(options: object): never {
        asked.push(options)
        throw new Error('never mind')
      }
    }
    const agent = new Recorder()
    const client = clientWith({ agent })
    await expect(client.ws({ host: 'ws.example' }, () => {})).rejects.toThrow('never mind')
    expect(asked).toMatchObject([{ host: 'ws.example', port: '80' }])
  })
})

describe('a request', () => {
  test('carries the headers, parameters and subprotocols that a builder was told', async () => {
    const url = await serving((request) => {
      const { searchParams } = new URL(request.url)
      const facts = [request.header('authorization'), searchParams.get('room')]
      return accept((socket) => socket.send(facts.join(' ')), { protocol: 'chat.v1' })
    })
    await clientWith().webSocket(
      (request) =>
        request
          .url(url)
          .header('Authorization', 'Bearer token123')
          .parameter('room', 'chat-room-1')
          .protocol('chat.v2', 'chat.v1'),
      async (session) => {
        const frame = await session.incoming.receive()
        expect(textOf(frame)).toBe('Bearer token123 chat-room-1')
        expect(session.call.request.header('sec-websocket-protocol')).toBe('chat.v2, chat.v1')
        expect(session.call.response.headers.get('sec-websocket-protocol')).toBe('chat.v1')
      },
    )
  })

  test('is told by a builder beside its URL, too', async () => {
    const url = await serving((request) => (socket) => {
      socket.send(request.header('authorization') ?? 'nobody')
    })
    const client = clientWith()
    await using session = await client.webSocketSession(url, (request) =>
      request.header('Authorization', 'Bearer token'),
    )
    expect(textOf(await session.incoming.receive())).toBe('Bearer token')
    const text = await client.webSocket(
      url,
      (request) => request.header('Authorization', 'Bearer other'),
      async ({ incoming }) => textOf(await incoming.receive()),
    )
    expect(text).toBe('Bearer other')
  })

  test('has the headers and the subprotocols of the client, unless it has its own', async () => {
    const url = await serving((request) => (socket) => {
      const names = ['x-a', 'x-b', 'sec-websocket-protocol']
      socket.send(names.map((name) => request.header(name)).join(' '))
    })
    const client = clientWith({ headers: { 'X-A': '1', 'X-B': '1' }, protocols: 'one' })
    const said = (request?: Parameters<typeof client.webSocketSession>[1]): Promise<string> =>
      client.webSocket(url, request ?? {}, async (session) =>
        textOf(await session.incoming.receive()),
      )
    expect(await said()).toBe('1 1 one')
    expect(await said({ headers: { 'x-b': '2' }, protocols: ['two', 'three'] })).toBe(
      '1 2 two, three',
    )
  })

  test('is in call, beside the response', async () => {
    const url = await serving(() => accept(() => {}, { headers: { 'X-Node': '7' } }))
    await clientWith().webSocket(`${url}/a?b=c`, ({ call }) => {
      expect(call.request.url).toBe(`${url.replace('ws', 'http')}/a?b=c`)
      expect(call.request.method).toBe('GET')
      expect(call.response.status).toBe(101)
      expect(call.response.headers.get('x-node')).toBe('7')
    })
  })

  test('to a route with a subprotocol fails without it', async () => {
    const url = await serving(
      websockets(webSocket('/', { protocol: 'chat' }, (session) => session.send('hi'))),
    )
    const client = clientWith()
    await client.webSocket(url, { protocols: 'chat' }, (session) => session.incoming.receive())
    await expect(client.webSocket(url, () => {})).rejects.toBeInstanceOf(WebSocketUpgradeException)
  })
})

describe('a session of a client', () => {
  test('is handed over open, and disposes itself', async () => {
    const closed = vi.fn<(status: CloseReason) => void>()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const client = clientWith()
    {
      await using session = await client.webSocketSession(url)
      expect(session.closeRecord).toBeUndefined()
    }
    expect(closed.mock.calls).toEqual([[new CloseReason(1000)]])
  })

  test('gets what came together with the handshake', async () => {
    const { url } = await servingRaw((connection) =>
      connection.upgrade(undefined, { opcode: 1, payload: 'Hello' }),
    )
    const session = await clientWith().webSocketSession(url)
    expect(textOf(await session.incoming.receive())).toBe('Hello')
    session.terminate()
  })

  test('gets only its own messages, however many sessions there are', async () => {
    const url = await serving(echo)
    const client = clientWith()
    const talk = (name: string): Promise<void> =>
      client.webSocket(url, async (session) => {
        for (let i = 0; i < 100; i++) {
          await session.send(`${name} ${i}`)
          const frame = await session.incoming.receive()
          expect(textOf(frame)).toBe(`${name} ${i}`)
        }
      })
    await Promise.all([talk('a'), talk('b'), talk('c')])
  })

  test('takes a large frame in one piece, and an empty one', async () => {
    const url = await serving(echo)
    await clientWith().webSocket(url, async (session) => {
      for (const text of ['', 'x'.repeat(24_000)]) {
        await session.send(text)
        const frame = await session.incoming.receive()
        expect(frame).toMatchObject({ type: 'text', fin: true })
        expect(textOf(frame)).toBe(text)
      }
    })
  })

  test('answers each Ping once, and hears of each Pong once', async () => {
    const pongs: string[] = []
    const url = await serving(() => (socket) => {
      socket.link.onPong?.((data) => {
        pongs.push(Buffer.from(data).toString())
        if (pongs.length === 5) socket.send('done')
      })
      for (let i = 0; i < 5; i++) socket.link.ping?.(Buffer.from(`ping ${i}`))
    })
    await clientWith({ controlFrames: true }).webSocket(url, async (session) => {
      const seen: string[] = []
      for await (const frame of session.incoming) {
        seen.push(frame.type)
        if (frame.type === 'text') break
      }
      expect(seen).toEqual(['ping', 'ping', 'ping', 'ping', 'ping', 'text'])
      await session.send(new Frame.Ping(Buffer.from('me')))
      expect(await session.incoming.receive()).toMatchObject({ type: 'pong' })
    })
    expect(pongs).toEqual(['ping 0', 'ping 1', 'ping 2', 'ping 3', 'ping 4'])
  })

  test('ends at once when it is terminated', async () => {
    const closed = vi.fn<(status: CloseReason) => void>()
    const url = await serving(() => (socket) => void socket.onClose(closed))
    const record = await clientWith().webSocket(url, (session) => {
      session.terminate()
      return session.closed
    })
    expect(record).toMatchObject({ clean: false, reason: { code: 1006 } })
    await vi.waitFor(() => expect(closed.mock.calls).toMatchObject([[{ code: 1006 }]]))
  })

  test('leaves no timer of opening behind', async () => {
    const url = await serving(echo)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const session = await clientWith({ timeout: 50 }).webSocketSession(url)
    expect(vi.getTimerCount()).toBe(0)
    session.terminate()
  })

  test.each([
    ['an illegal code', { opcode: 8, payload: bytes('03ed') }],
    ['a masked frame', { opcode: 1, payload: 'a', key: bytes('01020304') }],
    ['an unknown opcode', { opcode: 3 }],
  ])('fails with what the server broke: %s', async (_, frame) => {
    const { url } = await servingRaw((connection) => connection.upgrade(undefined, frame))
    const failure = await failureOf(
      clientWith().webSocket(url, async (session) => {
        for await (const frame of session.incoming) expect(frame).toBeUndefined()
      }),
    )
    expect(failure).toBeInstanceOf(WebSocketProtocolException)
    expect(failure).toMatchObject({ reason: { code: 1002 } })
  })

  test('does not close with a code that cannot be sent, and stays open', async () => {
    const url = await serving(echo)
    await clientWith().webSocket(url, async (session) => {
      expect(() => session.close(new CloseReason(1005))).toThrow(RangeError)
      await session.send('still here')
      await session.incoming.receive()
    })
  })
})

describe('a session of a client with fragments', () => {
  test('streams what comes and what it sends, and offers no extension', async () => {
    const offered = vi.fn<(extensions: string | null) => void>()
    const url = await serving((request) => {
      offered(request.header('sec-websocket-extensions'))
      return (socket) => socket.onMessage((message) => socket.send(message))
    })
    const client = clientWith({ extensions: [perMessageDeflate()], fragments: true })
    const large = new Uint8Array(1_000_000).fill(7)
    const chunks: Uint8Array[] = []
    await client.webSocket(url, async (session) => {
      await sendStream(session, [large.subarray(0, 10), large.subarray(10)])
      for await (const message of streamedMessages(session)) {
        for await (const chunk of message) chunks.push(Buffer.from(chunk))
        return
      }
    })
    expect(chunks.length).toBeGreaterThan(1)
    expect(Buffer.concat(chunks).equals(large)).toBe(true)
    expect(offered.mock.calls).toEqual([[null]])
  })
})

describe('a raw session of a client', () => {
  test('sees every frame, answers none, and offers no extension', async () => {
    const offered = vi.fn<(extensions: string | null) => void>()
    const url = await serving((request) => {
      offered(request.header('sec-websocket-extensions'))
      return (socket) => {
        socket.link.ping?.(Buffer.from('p'))
        socket.send('text')
      }
    })
    const client = clientWith({ extensions: [perMessageDeflate()] })
    const types = await client.webSocketRaw(url, async (session) => {
      expect(session.masking).toBe(true)
      const ping = await session.incoming.receive()
      const text = await session.incoming.receive()
      await session.send(new Frame.Pong(ping.data))
      await session.send(new Frame.Text(Buffer.from('Hel'), false))
      await session.send(new Frame.Text(Buffer.from('lo'), true))
      return [ping.type, text.type]
    })
    expect(types).toEqual(['ping', 'text'])
    expect(offered.mock.calls).toEqual([[null]])
  })

  test('rejects with what its block threw', async () => {
    const url = await serving(echo)
    const thrown = new Error('raw')
    const client = clientWith()
    const failure = await failureOf(
      client.webSocketRaw(url, {}, () => {
        throw thrown
      }),
    )
    expect(failure).toBe(thrown)
    const session = await client.webSocketRawSession(url)
    await session.send(new Frame.Close(CloseReason.NORMAL))
    expect(await session.incoming.receive()).toMatchObject({ type: 'close' })
  })
})

describe('a session of a client and a server of ws', () => {
  test('agree on headers, a subprotocol and compression, and talk', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true })
    onTestFinished(() => server.close())
    server.on('connection', (socket, request) => {
      socket.send(String(request.headers['x-name']))
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = clientWith({ extensions: [perMessageDeflate()], headers: { 'X-Name': 'ann' } })
    const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'))
    await client.webSocket({ host: '127.0.0.1', port }, { protocols: 'chat' }, async (session) => {
      expect(textOf(await session.incoming.receive())).toBe('ann')
      expect(session.call.response.headers.get('sec-websocket-protocol')).toBe('chat')
      expect(session.extensions).toHaveLength(1)
      for (const content of ['hello', 'x'.repeat(100_000)]) {
        await session.send(content)
        expect(textOf(await session.incoming.receive())).toBe(content)
      }
    })
    expect((await closed)[0]).toBe(1000)
  })
})
