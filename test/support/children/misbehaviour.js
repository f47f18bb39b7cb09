// A server and clients to which everything happens that should not. It has to come to its last line and exit with 0.
// Run after a build. What it writes to stderr is what the default hook writes.
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { bind, serve, websockets } from '../../../dist/index.js'
import { connect, node, open } from '../../../dist/node/index.js'

const fail = (message) => {
  throw new Error(message)
}
const failLater = async (message) => {
  await null
  throw new Error(message)
}

const routes = websockets(
  bind('/consumer', () => () => fail('consumer threw')),
  bind('/consumer-async', () => () => failLater('consumer rejected')),
  bind('/handler', () => fail('handler threw')),
  bind('/handler-async', () => failLater('handler rejected')),
  bind('/message', () => (socket) => socket.onMessage(() => fail('message listener threw'))),
  bind('/message-async', () => (socket) => {
    socket.onMessage(() => failLater('message listener rejected'))
  }),
  bind('/error', () => (socket) => {
    socket.onError(() => fail('error listener threw'))
    socket.onMessage(() => fail('never reported: it went to the error listener'))
  }),
  bind('/error-async', () => (socket) => {
    socket.onError(() => failLater('error listener rejected'))
    socket.onMessage(() => fail('never reported: it went to the error listener'))
  }),
  bind('/close', () => (socket) => socket.onClose(() => fail('close listener threw'))),
  bind(
    '/close-async',
    () => (socket) => socket.onClose(() => failLater('close listener rejected')),
  ),
  bind('/pong', () => (socket) => {
    socket.link.onPong(() => fail('pong listener threw'))
    socket.link.ping()
  }),
  bind('/string', () => () => {
    throw 'a string'
  }),
  bind('/flood', () => (socket) => {
    const send = () => {
      for (let i = 0; i < 64; i++) socket.send(new Uint8Array(65_536))
      if (socket.state === 'open') setImmediate(send)
    }
    send()
  }),
  bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
)

const server = await serve(routes, node())

// Consumers and listeners: where nobody closes, the fault does.
for (const path of ['consumer', 'consumer-async', 'string', 'message', 'message-async', 'pong']) {
  const client = connect(`${server.url}/${path}`)
  client.send('go')
  console.log(path, (await client.closed).code)
}
for (const path of ['handler', 'handler-async']) {
  console.log(path, (await connect(`${server.url}/${path}`).closed).code)
}
for (const path of ['error', 'error-async', 'close', 'close-async']) {
  const client = connect(`${server.url}/${path}`)
  client.send('go')
  client.close()
  console.log(path, (await client.closed).code)
}

// Hooks
const hooked = await serve(
  routes,
  node({
    webSockets: {
      onError: ({ message }) =>
        message.includes('rejected') ? failLater('hook rejected') : fail('hook threw'),
    },
  }),
)
for (const path of ['consumer', 'consumer-async', 'handler', 'handler-async']) {
  await connect(`${hooked.url}/${path}`).closed
}
await hooked.stop()
console.log('hooks')

// Bytes that are no protocol, and connections that are torn
const HANDSHAKE = (path) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'

async function raw(path, talk) {
  const socket = connectTcp(server.port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  if (path !== undefined) {
    socket.write(HANDSHAKE(path))
    await once(socket, 'data')
  } else {
    await once(socket, 'connect')
  }
  talk(socket)
  await closed
}

const noise = (seed) =>
  Uint8Array.from({ length: 1_000 }, (_, i) => ((i + seed) * 2_654_435_761) >>> 13)
for (let seed = 0; seed < 20; seed++) {
  await raw(undefined, (socket) => socket.resume().end(noise(seed)))
  await raw('/echo', (socket) => socket.resume().end(noise(seed)))
}
await raw(undefined, (socket) => socket.resetAndDestroy())
await raw('/echo', (socket) => socket.resetAndDestroy())
await raw('/flood', (socket) => socket.pause().resetAndDestroy())
await raw('/flood', (socket) => socket.pause().destroy())
await raw('/echo', (socket) => {
  // Answers to a peer that has gone: EPIPE or ECONNRESET.
  for (let i = 0; i < 100; i++)
    socket.write(Buffer.from('89800000000081850000000068656c6c6f', 'hex'))
  socket.destroy()
})
console.log('bytes')

// Clients to which nobody listens
connect('ws://127.0.0.1:1/')
await connect('ws://127.0.0.1:1/').closed
const opened = open(`${server.url}/echo`, {}, () => fail('client consumer threw'))
await new Promise((resolve) => opened.onClose(resolve))
const failing = open('ws://127.0.0.1:1/', {}, () => {})
failing.onClose(() => fail('client close listener threw'))
await new Promise((resolve) => failing.onClose(resolve))
console.log('clients')

await server.stop()
console.log('done')
