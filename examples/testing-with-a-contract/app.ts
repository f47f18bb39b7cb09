import { bind, Query, type WsRouter, websockets } from 'antiphon'

const times = Query.int().defaulted('times', 1)

/** Says each message back, as often as the query asks for. */
export function app(): WsRouter {
  return websockets(
    bind('/echo/:name', (request) => {
      const { name } = request.params
      const count = times(request)
      return (socket) =>
        socket.onMessage((message) => {
          if (message.text() === 'bye') socket.close()
          else for (let i = 0; i < count; i++) socket.send(`${name}: ${message.text()}`)
        })
    }),
  )
}
