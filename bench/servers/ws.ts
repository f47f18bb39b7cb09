import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Case, compresses } from '../case.ts'
import { ready } from './control.ts'

const measured: Partial<Case> = JSON.parse(process.argv[3] ?? '{}')
const none = measured.takeover !== true
const perMessageDeflate = compresses(measured.workload) && {
  threshold: 0,
  serverNoContextTakeover: none,
  clientNoContextTakeover: none,
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate })
const subscribers = new Set<WebSocket>()

server.on('connection', (socket, { url }) => {
  socket.on('error', () => {}) // the generator resets its connections
  if (url === '/subscribe') {
    subscribers.add(socket)
    socket.on('close', () => subscribers.delete(socket))
  } else if (url === '/publish') {
    socket.on('message', (data, binary) => {
      for (const subscriber of subscribers) subscriber.send(data, { binary })
    })
  } else {
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  }
})
await once(server, 'listening')
ready((server.address() as AddressInfo).port, () => {
  for (const socket of server.clients) socket.close(1001)
})
