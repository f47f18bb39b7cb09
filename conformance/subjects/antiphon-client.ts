import { type Websocket, WebSocketExtensions } from 'antiphon'
import { open } from 'antiphon/node'
import { RawServer } from '../tester/raw-server.ts'
import { shakeClient } from '../tester/shake.ts'
import { MAX_MESSAGE } from './limits.ts'
import type { Subject } from './subject.ts'

/** Our client, which offers compression. */
export const antiphonClient: Subject = {
  name: 'antiphon client',
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
  const options = {
    maxMessageSize: MAX_MESSAGE,
    extensions: [WebSocketExtensions.deflate({ clientNoContextTakeover: false })],
  }
  const socket: Websocket = open(url, options, (own) => {
    own.onMessage((message) => own.send(message))
    opened(true)
  })
  socket.onError(() => {}) // the tester sees why
  socket.onClose(() => opened(false))
}
