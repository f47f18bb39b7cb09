// Servers of the built package, with default options, whose work is counted, and the load that they are put under.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import {
  bind,
  decorate,
  idleTimeout,
  Message,
  rateLimit,
  serve,
  typed,
  WebSocketExtensions,
  webSocket,
  websockets,
} from '../../../dist/index.js'
import { node } from '../../../dist/node/index.js'

const echo = (socket) => {
  socket.onMessage((message) => socket.send(message))
}

const filtered = (router) =>
  router
    .withFilter(idleTimeout(60_000))
    .withFilter(rateLimit({ messages: { perSecond: 1e9, burst: 1e9 } }))
    .withFilter(
      (next) => (socket) =>
        next(decorate(socket, { message: (message, deliver) => deliver(message) })),
    )

const text = Message.text()
const subscribers = new Set()

export const APPS = {
  handler: () => echo,
  session: websockets(
    webSocket('/', async (session) => {
      for await (const frame of session.incoming) await session.send(frame)
    }),
  ),
  filters: filtered(websockets(bind('/', () => echo))),
  async: () => (socket) => {
    socket.onMessage(async (message) => {
      await Promise.resolve()
      socket.send(message)
    })
  },
  typed: () => (socket) => {
    const view = typed(socket, { receive: text, send: text })
    view.onMessage((value) => view.send(value))
  },
  reader: () => (socket) => {
    socket.onMessage((message) => socket.send(message.bytes()))
  },
  // The first connection publishes, the others listen.
  broadcast: () => (socket) => {
    subscribers.add(socket)
    socket.onMessage((message) => {
      for (const subscriber of subscribers) if (subscriber !== socket) subscriber.send(message)
    })
  },
}

/** Serves an app and puts `work` under load; resolves with what that resolves with. */
export async function loaded(app, { conns, deflate = false }, work) {
  const extensions = deflate ? [WebSocketExtensions.deflate()] : []
  const server = await serve(app, node(deflate ? { webSockets: { extensions } } : {}))
  const offer = deflate ? 'permessage-deflate' : undefined
  const workerData = { port: server.port, path: '/', conns, offer }
  const load = new Worker(new URL('./load.js', import.meta.url), { workerData })
  await once(load, 'message')
  try {
    return await work(async (task) => {
      load.postMessage(task)
      await once(load, 'message')
    })
  } finally {
    await load.terminate()
    await server.stop({ drain: 0 })
  }
}

/** So many equal messages in one piece, masked with a key of zeros. */
export function burstOf(depth, opcode, payload) {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14)
  header[0] = opcode
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (length >= 65_536) header.writeBigUInt64BE(BigInt(length), 2)
  else if (length >= 126) header.writeUInt16BE(length, 2)
  return Buffer.concat(Array.from({ length: depth }, () => [header, payload]).flat())
}
