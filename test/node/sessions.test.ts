import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SessionClient } from '../../src/node/client/session-client.ts'
import { type NodeOptions, node } from '../../src/node/engine.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import type { WebSocketServerSession, WebSocketSession } from '../../src/session/session.ts'
import type { Server } from '../../src/websocket/server.ts'
import { bytes, hex } from '../support/hex.ts'
import { lineOf } from '../support/session-rig.ts'

const MIB = 1024 * 1024

const disposables: AsyncDisposable[] = []

afterEach(async () => {
  for (const disposable of disposables.splice(0).reverse()) await disposable[Symbol.asyncDispose]()
})

/** A server of one route, and a client for it. */
async function started(
  route: ReturnType<typeof webSocket> | ReturnType<typeof webSocketRaw>,
  options: NodeOptions = {},
): Promise<{ readonly server: Server; readonly client: SessionClient; readonly url: string }> {
  const server = await serve(websockets(route), node(options))
  const client = new SessionClient()
  disposables.push(server, client)
  return { server, client, url: server.url.replace('http', 'ws') }
}

/** A bare connection that has opened a WebSocket. */
async function opened({ port }: Server): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1')
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  const [head] = await once(socket, 'data')
  expect(String(head)).toContain('101 Switching Protocols')
  return socket
}

async function echo(session: WebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

describe('over the wire, a session', () => {
  it('sends 100,000 frames in order, none lost before its Close', async () => {
    const { client, url } = await started(
      webSocket('/', async (session) => {
        for (let i = 0; i < 100_000; i++) await session.send(String(i))
      }),
    )
    await client.webSocket(url, async (session) => {
      let next = 0
      for await (const frame of session.incoming) {
        if (frame.type !== 'text' || Number(frame.readText()) !== next) break
        next++
      }
      expect(next).toBe(100_000)
    })
  })

  it('echoes 20 MiB', async () => {
    const size = 20 * MIB
    const { client, url } = await started(
      webSocket('/', { limits: { maxMessageSize: size } }, echo),
    )
    await client.webSocket(url, async (session) => {
      const content = new Uint8Array(size)
      for (let i = 0; i < size; i += 4096) content[i] = i >> 12
      await session.send('small, and in front')
      await session.send(content)
      expect(lineOf(await session.incoming.receive())).toBe('text small, and in front')
      const { data } = await session.incoming.receive()
      expect([data.length, Buffer.compare(data, content)]).toEqual([size, 0])
    })
  })

  it('knows its server and its call', async () => {
    let seen: WebSocketServerSession | undefined
    const { server, client, url } = await started(
      webSocket('/rooms/:room', (session) => {
        seen = session
      }),
    )
    await client.webSocket(
      `${url}/rooms/7?x=1`,
      { headers: { 'X-Own': 'yes' } },
      (session) => session.closed,
    )
    expect(seen?.application).toBe(server)
    expect(seen?.call.parameters).toEqual({ room: '7' })
    expect(seen?.call.request.header('x-own')).toBe('yes')
    expect(seen?.call.response.headers.get('upgrade')).toBe('websocket')
  })

  it('answers the bytes of a bare client', async () => {
    const { server } = await started(webSocket('/', echo))
    const socket = await opened(server)
    socket.write(bytes('81 85 00000000 48656c6c6f'))
    const [first] = await once(socket, 'data')
    expect(hex(first)).toBe(hex('81 05 48656c6c6f'))
    socket.write(bytes('88 82 00000000 03e8'))
    const [second] = await once(socket, 'data')
    expect(hex(second)).toBe(hex('88 02 03e8'))
    await once(socket, 'close')
  })

  type Handler = (session: WebSocketSession) => unknown

  it.each([
    ['default', (handler: Handler) => webSocket('/', handler)],
    ['raw', (handler: Handler) => webSocketRaw('/', handler)],
  ])('that is %s ends within its handler when the peer is gone', async (_, routeOf) => {
    let ended: (record: CloseRecord) => void = () => {}
    const record = new Promise<CloseRecord>((resolve) => {
      ended = resolve
    })
    const handler = async (session: WebSocketSession): Promise<void> => {
      try {
        await session.incoming.receive()
      } finally {
        ended(await session.closed)
      }
    }
    const { server } = await started(routeOf(handler))
    const socket = await opened(server)
    socket.destroy()
    expect(await record).toMatchObject({ reason: { code: 1006 }, initiator: 'transport' })
  })

  it('is told 1001 when the server stops, and ends before the stop does', async () => {
    const events: string[] = []
    const { server, client, url } = await started(
      webSocket('/', async (session) => {
        for await (const _ of session.incoming);
        events.push('handler')
      }),
    )
    const session = await client.webSocketSession(url)
    await server.stop()
    events.push('stop')
    expect((await session.closeReason).code).toBe(1001)
    expect(events).toEqual(['handler', 'stop'])
  })

  it('gives up a peer that never answers its Close', async () => {
    const { server } = await started(
      webSocket('/', (session) => session.close(new CloseReason(4000))),
      { webSockets: { closeTimeout: 50 } },
    )
    const socket = await opened(server)
    await once(socket, 'close')
  })

  it('is one of a hundred at once', async () => {
    const { client, url } = await started(webSocket('/', echo))
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        client.webSocket(url, async (session) => {
          for (let i = 0; i < 10; i++) {
            await session.send(`${n} ${i}`)
            expect(lineOf(await session.incoming.receive())).toBe(`text ${n} ${i}`)
          }
        }),
      ),
    )
  })
})
