// Opens and closes connections of all kinds against a server of its own, and says what the second half left behind.
// Run with --expose-gc, after a build.
import { once } from 'node:events'
import { connect } from 'node:net'
import { serve } from '../../../dist/index.js'
import { node } from '../../../dist/node/index.js'

const HALF = 5_000
const AT_ONCE = 100

const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
const MESSAGE = Buffer.from('81850000000068656c6c6f', 'hex')
const CLOSE = Buffer.from('88820000000003e8', 'hex')

/** What a peer does to its connection; each resolves when it has, and the server's end of it is then due. */
const KINDS = {
  async closes(socket) {
    socket.write(HANDSHAKE)
    await once(socket, 'data')
    socket.write(MESSAGE)
    await once(socket, 'data')
    socket.write(CLOSE)
    await once(socket, 'end')
    socket.end()
  },
  async vanishesWithinAHandshake(socket) {
    socket.write(HANDSHAKE.slice(0, 60))
    await once(socket, 'ready')
    socket.resetAndDestroy()
  },
  async vanishesAfterAHandshake(socket) {
    socket.write(HANDSHAKE)
    await once(socket, 'data')
    socket.destroy()
  },
  async vanishesWithinAFrame(socket) {
    socket.write(HANDSHAKE)
    await once(socket, 'data')
    socket.write(MESSAGE.subarray(0, 7))
    socket.resetAndDestroy()
  },
  async vanishesWithinAClose(socket) {
    socket.write(HANDSHAKE)
    await once(socket, 'data')
    socket.write(CLOSE.subarray(0, 7))
    socket.end()
  },
  async vanishesAfterAClose(socket) {
    socket.write(HANDSHAKE)
    await once(socket, 'data')
    socket.write(CLOSE)
    socket.resetAndDestroy()
  },
  async isRefused(socket) {
    socket.resume().write(HANDSHAKE.replace('Version: 13', 'Version: 12'))
    await once(socket, 'end')
    socket.end()
  },
}

const server = await serve(
  () => (socket) => {
    socket.onMessage((message) => socket.send(message))
  },
  node(),
)

async function one(kind) {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  await KINDS[kind](socket)
  await closed
}

async function half() {
  const kinds = Object.keys(KINDS)
  for (let i = 0; i < HALF; i += AT_ONCE) {
    await Promise.all(
      // Most connections are well-behaved.
      Array.from({ length: AT_ONCE }, (_, j) =>
        one(j % 2 === 0 ? 'closes' : kinds[j % kinds.length]),
      ),
    )
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5))
const resources = () => process.getActiveResourcesInfo()

async function measured() {
  // What the server still has to close.
  for (let i = 0; i < 100 && resources().includes('TCPSocketWrap'); i++) await soon()
  // Finalizers.
  for (let i = 0; i < 5; i++) {
    await soon()
    globalThis.gc()
  }
  return {
    heap: process.memoryUsage().heapUsed,
    resources: resources().sort(),
  }
}

await half()
const before = await measured()
await half()
const after = await measured()
await server.stop()
console.log(
  JSON.stringify({
    grown: after.heap - before.heap,
    before: before.resources,
    after: after.resources,
  }),
)
