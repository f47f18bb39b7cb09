import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Deferred, deferred } from '../../src/client/deferred.ts'
import { node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import type { Server } from '../../src/websocket/server.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { tls } from '../support/tls.ts'
import { checkH2, playH2 } from './support/python.ts'

let server: Server
let ends: number[] = []
const errors: Error[] = []

/** Lets a handshake go on that is being decided. */
let late: Deferred<void>

const ascending = (a: number, b: number): number => a - b

const noted =
  (consumer: WsConsumer): WsConsumer =>
  (socket) => {
    socket.onClose(({ code }) => ends.push(code))
    consumer(socket)
  }

const echo = noted((socket) => socket.onMessage((message) => socket.send(message)))

const app = websockets(
  bind('/echo', () => {
    late.resolve()
    return echo
  }),
  bind('/late', async () => {
    await late.promise
    return echo
  }),
  bind('/flood', () => noted((socket) => socket.send('x'.repeat(100_000)))),
)

beforeAll(async () => {
  checkH2()
  const webSockets = { onError: (error: Error) => void errors.push(error) }
  server = await serve(app, node({ tls, http2: true, webSockets }))
})

beforeEach(() => {
  late = deferred()
  ends = []
})

afterAll(() => server.stop())

test.each([1, 3, 10])('over HTTP/2, what comes %i bytes at a time is read', async (size) => {
  expect(await playH2(server.port, 'pieces', size)).toEqual([200, 'in pieces', true, 1000])
})

test.each([1, 2, 5])(
  'over HTTP/2, frames are read that are spread over DATA frames of %i bytes, with padding',
  async (size) => {
    expect(await playH2(server.port, 'frames', size)).toEqual(['in frames', 1000])
  },
)

test('over HTTP/2, a head is read that comes in CONTINUATION frames', async () => {
  expect(await playH2(server.port, 'continuations', 60)).toEqual([200, 'hello', 1000])
})

test.each([1, 2, 7])('over HTTP/2, a window of %i bytes is enough', async (size) => {
  expect(await playH2(server.port, 'windows', size)).toEqual([true, 1000])
  await expect.poll(() => ends).toEqual([1000])
})

test.each([
  ['before the answer', []],
  ['behind the answer', [1006]],
  ['within a frame', [1006]],
  ['behind a message', [1006]],
  ['while it is sent to', [1006]],
  ['behind its Close', [1000]],
])('over HTTP/2, a stream that is reset %s leaves its connection alone', async (point, codes) => {
  expect(await playH2(server.port, 'reset', point)).toEqual([200, 'hello', 1000])
  // That of the socket which shows that the connection works is among them.
  await expect.poll(() => [...ends].sort(ascending)).toEqual([1000, ...codes].sort(ascending))
})

test('over HTTP/2, a socket goes on after its client has said GOAWAY, and the connection ends with it', async () => {
  expect(await playH2(server.port, 'goaway')).toEqual(['before', 'after', 1000])
})

test('over HTTP/2, none of this was an error of the server', () => {
  expect(errors).toEqual([])
})
