import { serve, WebSocketExtensions } from 'antiphon'
import { node, open } from 'antiphon/node'
import { clientSubject } from './client-subject.ts'
import { serverSubject } from './server-subject.ts'
import { MAX_MESSAGE, type Subject } from './subject.ts'

/** Everything is compressed, and the window kept where the peer allows it. */
const deflate = WebSocketExtensions.deflate({
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
})

export const antiphonServer: Subject = serverSubject('antiphon server', async () => {
  const server = await serve(
    () => (socket) => {
      socket.onError(() => {}) // the tester sees why
      socket.onMessage((message) => socket.send(message))
    },
    node({ webSockets: { maxMessageSize: MAX_MESSAGE, extensions: [deflate] } }),
  )
  return { port: server.port, stop: () => server.stop({ drain: 0 }) }
})

export const antiphonClient: Subject = clientSubject('antiphon client', (url, opened) => {
  const socket = open(url, { maxMessageSize: MAX_MESSAGE, extensions: [deflate] }, (own) => {
    own.onMessage((message) => own.send(message))
    opened(true)
  })
  socket.onError(() => {}) // the tester sees why
  socket.onClose(() => opened(false))
})
