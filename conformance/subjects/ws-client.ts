import { WebSocket } from 'ws'
import { RawServer } from '../tester/raw-server.ts'
import { shakeClient } from '../tester/shake.ts'
import { MAX_MESSAGE } from './limits.ts'
import type { Subject } from './subject.ts'

/** The client of npm's `ws`, for comparison. */
export const wsClient: Subject = {
  name: 'ws client',
  role: 'client',
  async start() {
    const server = await RawServer.listen()
    return {
      async open(test) {
        const wire = server.nextWire(test.deflate)
        echoing(server.url)
        return await wire
      },
      async shake(test, cut) {
        const next = server.next()
        const opened = Promise.withResolvers<boolean>()
        echoing(server.url, opened.resolve)
        return await shakeClient(test, cut, await next, opened.promise)
      },
      async stop() {
        server.close()
      },
    }
  },
}

function echoing(url: string, opened: (open: boolean) => void = () => {}): void {
  const socket = new WebSocket(url, {
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: { threshold: 0 },
  })
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  socket.on('open', () => opened(true))
  socket.on('error', () => opened(false))
  socket.on('close', () => opened(false))
}
