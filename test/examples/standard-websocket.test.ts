import { once } from 'node:events'
import { expect, test } from 'vitest'
import { StandardWebSocket } from '../../examples/standard-websocket.ts'
import { accept, CloseReason, type Server, serve, type WsHandler } from '../../src/index.ts'
import { node } from '../../src/node/index.ts'

/** What libraries want: it is assignable to the type of the platform's. */
const Impl: typeof WebSocket = StandardWebSocket

const greeter: WsHandler = (request) =>
  accept(
    (socket) => {
      socket.send(`hello ${request.header('x-user') ?? 'stranger'}`)
      socket.onMessage((message) => {
        if (message.mode === 'binary') socket.send(message)
        else socket.close(new CloseReason(4001, message.text()))
      })
    },
    { protocol: 'v1' },
  )

const start = (): Promise<Server> => serve(greeter, node())

async function next(socket: WebSocket, type: string): Promise<unknown[]> {
  return await once(socket, type)
}

test('it is as the WebSocket of browsers, from the first event to the last', async () => {
  await using server = await start()
  const socket = new Impl(server.url.replace('http', 'ws'), ['v2', 'v1'])
  const events: unknown[] = []
  expect([socket.readyState, socket.protocol, socket.url]).toEqual([
    Impl.CONNECTING,
    '',
    `ws://127.0.0.1:${server.port}/`,
  ])
  expect(() => socket.send('early')).toThrow(/not open yet/)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => {
    events.push(`open ${socket.readyState} ${socket.protocol}`)
    socket.send(Uint8Array.of(0, 1, 2).subarray(1))
    socket.send(Uint8Array.of(3).buffer)
  }
  socket.onmessage = ({ data }) => {
    events.push(data)
    if (events.length === 4) socket.send('bye')
  }
  socket.addEventListener('close', ({ code, reason, wasClean }) =>
    events.push(code, reason, wasClean),
  )
  await next(socket, 'close')
  expect(events).toEqual([
    'open 1 v1',
    'hello stranger',
    Uint8Array.of(1, 2).buffer,
    Uint8Array.of(3).buffer,
    4001,
    'bye',
    true,
  ])
  expect([socket.readyState, socket.bufferedAmount, socket.extensions]).toEqual([3, 0, ''])
})

test('binary messages are blobs, unless it is said otherwise', async () => {
  await using server = await start()
  const socket = new Impl(server.url, 'v1')
  const data = await new Promise<unknown>((resolve) => {
    socket.onopen = () => socket.send(Uint8Array.of(7))
    socket.addEventListener('message', (event) => {
      if (typeof event.data !== 'string') resolve(event.data)
    })
  })
  expect(data instanceof Blob && (await data.arrayBuffer())).toEqual(Uint8Array.of(7).buffer)
  expect(() => socket.send(new Blob())).toThrow(TypeError)
  socket.close()
  await next(socket, 'close')
})

test('a subclass says how to connect', async () => {
  class Known extends StandardWebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols, { headers: { 'X-User': 'ann' } })
    }
  }
  await using server = await start()
  const socket = new Known(server.url, 'v1')
  const [event] = await next(socket, 'message')
  expect(event).toMatchObject({ data: 'hello ann' })
  socket.close(4002, 'enough')
  expect(await next(socket, 'close')).toMatchObject([{ code: 4002, reason: 'enough' }])
})

test('a connection that fails is an error, and then a close with 1006', async () => {
  const server = await start()
  await server.stop()
  const socket = new Impl(server.url)
  const heard: unknown[] = []
  socket.onerror = (event) => heard.push(event)
  socket.onclose = ({ code, reason, wasClean }) => heard.push(code, reason, wasClean)
  await next(socket, 'close')
  expect(heard).toMatchObject([
    { message: expect.stringContaining('ECONNREFUSED') },
    1006,
    '',
    false,
  ])
})
