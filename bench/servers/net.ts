import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { ready } from './control.ts'

/** What a connection costs without WebSocket: every chunk goes back as it came. */
const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {}) // the generator resets its connections
  socket.on('data', (chunk) => socket.write(chunk))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
ready((server.address() as AddressInfo).port)
