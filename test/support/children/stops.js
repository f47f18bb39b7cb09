// Stops servers while nothing else keeps the process alive. Run after a build. It has to come to its last line.
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { serve } from '../../../dist/index.js'
import { attach, node } from '../../../dist/node/index.js'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** A connection that asks for an upgrade, and keeps nothing alive. */
async function asking(port) {
  const peer = connectTcp(port, '127.0.0.1')
  await once(peer, 'connect')
  peer.write(
    `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
  )
  // Its end comes when the server lets go of it, by a reset.
  peer.on('error', () => {})
  peer.unref()
}

/** An emitter of 'asked', and a handler that never decides. */
function undecided() {
  const events = new EventEmitter()
  const handler = () => new Promise(() => events.emit('asked'))
  return { events, handler }
}

{
  const { events, handler } = undecided()
  const server = await serve(handler, node())
  await Promise.all([once(events, 'asked'), asking(server.port)])
  await server.stop({ drain: 50 })
  console.log('a handshake was being decided')
}

{
  const { events, handler } = undecided()
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const attachment = attach(http, handler)
  await Promise.all([once(events, 'asked'), asking(http.address().port)])
  http.close()
  await attachment.detach({ drain: 50 })
  console.log('a handshake was being decided on a server of node:http')
}

{
  const events = new EventEmitter()
  const consumer = (socket) => {
    socket.link.pause()
    events.emit('paused')
  }
  const server = await serve(() => consumer, node())
  await Promise.all([once(events, 'paused'), asking(server.port)])
  await server.stop({ over: 50, drain: 100 })
  console.log('a socket was paused')
}
