import { bind, type Websocket, WsMessage, type WsRouter, websockets } from 'antiphon'

/** How a process tells all of them, itself included, what was said in it. */
export interface Relay {
  publish(text: string): void
  onPublished(fn: (text: string) => void): void
}

/** Everybody hears what anybody says, whichever process they are connected to. */
export function crowd({ publish, onPublished }: Relay): WsRouter {
  const here = new Set<Websocket>()

  onPublished((text) => {
    // One message for all: it is framed once.
    const message = WsMessage.text(text)
    for (const socket of here) socket.send(message)
  })

  return websockets(
    bind('/', () => (socket) => {
      here.add(socket)
      socket.onMessage((message) => publish(message.text()))
      socket.onClose(() => here.delete(socket))
    }),
  )
}
