import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { openWire } from '../tester/raw-client.ts'
import { shakeServer } from '../tester/shake.ts'
import { MAX_MESSAGE } from './limits.ts'
import type { Subject } from './subject.ts'

/** The server of npm's `ws`, for comparison. */
export const wsServer: Subject = {
  name: 'ws server',
  role: 'server',
  async start() {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: { threshold: 0 },
    })
    server.on('connection', (socket) => {
      socket.on('error', () => {}) // the tester sees why
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return {
      open: (test) => openWire(port, test.deflate),
      shake: (test, cut) => shakeServer(test, cut, port),
      async stop() {
        for (const socket of server.clients) socket.terminate()
        server.close()
      },
    }
  },
}
