import { type Broker, bind, topics, type WsRouter, websockets } from 'antiphon'

/** Everybody hears what anybody says, whichever process they are connected to. */
export function crowd(broker: Broker): WsRouter {
  const everybody = topics({ broker })('everybody')
  return websockets(
    bind('/', () => (socket) => {
      everybody.subscribe(socket)
      socket.onMessage((message) => everybody.publish(message))
    }),
  )
}
