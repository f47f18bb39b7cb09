import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { clientSubject } from './client-subject.ts'
import { serverSubject } from './server-subject.ts'
import { MAX_MESSAGE, type Subject } from './subject.ts'

/** npm's `ws`, for comparison; it, too, compresses everything. */
const options = { maxPayload: MAX_MESSAGE, perMessageDeflate: { threshold: 0 } }

export const wsServer: Subject = serverSubject('ws server', async () => {
  const server = new WebSocketServer({ ...options, port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('error', () => {}) // the tester sees why
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
})

export const wsClient: Subject = clientSubject('ws client', (url, opened) => {
  const socket = new WebSocket(url, options)
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  socket.on('open', () => opened(true))
  socket.on('error', () => opened(false))
  socket.on('close', () => opened(false))
})
