import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { connect, open, SessionClient } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { serve } from '../../src/serving/engine.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { ReactNativeWebSocket } from '../support/react-native-websocket.ts'

beforeAll(() => {
  vi.stubGlobal('WebSocket', ReactNativeWebSocket)
})
afterAll(() => {
  vi.unstubAllGlobals()
})

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

/** A server, for the time of the test; its URL. */
async function serving(handler: WsHandler): Promise<string> {
  const server = await serve(handler, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  return server.url.replace('http', 'ws')
}

test('a client sends and hears, and there is always room for more', async () => {
  const client = connect(new URL(await serving(echo)))
  expect(client.send('held')).toBe(true)
  const socket = await client.opened
  expect([client.send(Uint8Array.of(1, 0xff)), socket.bufferedAmount]).toEqual([true, 0])
  const received: string[] = []
  for await (const message of client.received()) {
    received.push(`${message.mode} ${message.bytes().join()}`)
    if (received.length === 2) break
  }
  expect(received).toEqual(['text 104,101,108,100', 'binary 1,255'])
  client.close(new CloseReason(3000, 'bye'))
  expect(await client.closed).toMatchObject({ code: 3000, message: 'bye' })
  expect(socket.link.closeRecord?.clean).toBe(true)
})

test('the subprotocol is empty until it is open', async () => {
  const client = connect(await serving(() => accept(() => {}, { protocol: 'b' })), {
    protocols: ['a', 'b'],
  })
  expect(client.protocol).toBe('')
  expect((await client.opened).protocol).toBe('b')
  client.close()
})

test('the server ends it with a status that is reported, or loses it', async () => {
  const closing = connect(
    await serving(() => (socket) => socket.close(new CloseReason(4002, 'over'))),
  )
  expect(await closing.closed).toMatchObject({ code: 4002, message: 'over' })
  expect((await closing.opened).link.closeRecord).toMatchObject({
    clean: true,
    initiator: 'remote',
  })
  const lost = connect(await serving(() => (socket) => socket.terminate()))
  expect((await lost.closed).code).toBe(1006)
  expect((await lost.opened).link.closeRecord).toMatchObject({ clean: false })
})

test('a refusal is a failure to connect', async () => {
  const client = connect(await serving(() => new Response('no', { status: 403 })))
  await expect(client.opened).rejects.toMatchObject({ stage: 'unknown' })
  expect(await client.closed).toBe(WsStatus.NEVER_CONNECTED)
})

test('one that was given up while it connected is closed when it opens, and is not given to the consumer', async () => {
  const consumer = vi.fn()
  let upgrade = (): void => {}
  let closed = (_code: number): void => {}
  const seen = new Promise<number>((resolve) => {
    closed = resolve
  })
  const asked = new Promise<void>((resolve) => {
    upgrade = resolve
  })
  const url = await serving(async () => {
    await asked
    return (socket) => socket.onClose(({ code }) => closed(code))
  })
  const clock = new VirtualClock()
  const socket = open(url, { timeout: 5_000, clock, onError: () => {} }, consumer)
  const ended = new Promise<WsStatus>((resolve) => {
    socket.onClose(resolve)
  })
  clock.advance(5_000)
  expect(await ended).toBe(WsStatus.NEVER_CONNECTED)
  upgrade()
  expect(await seen).toBe(1000)
  expect(consumer).not.toHaveBeenCalled()
})

test('a session opens with parameters, and ends with its block', async () => {
  const url = await serving((request) => (socket) => socket.send(request.url.replace(/.*\?/, '')))
  const client = new SessionClient()
  const query = await client.webSocket(url, { parameters: { a: 'b c' } }, async (session) => {
    const frame = await session.incoming.receive()
    return frame.type === 'text' ? frame.readText() : frame
  })
  expect(query).toBe('a=b+c')
})
