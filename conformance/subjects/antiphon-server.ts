import { serve, WebSocketExtensions } from 'antiphon'
import { node } from 'antiphon/node'
import { openWire } from '../tester/raw-client.ts'
import { shakeServer } from '../tester/shake.ts'
import { MAX_MESSAGE } from './limits.ts'
import type { Subject } from './subject.ts'

/** Our server. It keeps the window where the client allows it, and compresses everything. */
export const antiphonServer: Subject = {
  name: 'antiphon server',
  role: 'server',
  async start() {
    const server = await serve(
      () => (socket) => {
        socket.onError(() => {}) // the tester sees why
        socket.onMessage((message) => socket.send(message))
      },
      node({
        webSockets: {
          maxMessageSize: MAX_MESSAGE,
          extensions: [
            WebSocketExtensions.deflate({
              serverNoContextTakeover: false,
              clientNoContextTakeover: false,
            }),
          ],
        },
      }),
    )
    return {
      open: (test) => openWire(server.port, test.deflate),
      shake: (test, cut) => shakeServer(test, cut, server.port),
      stop: () => server.stop({ drain: 0 }),
    }
  },
}
