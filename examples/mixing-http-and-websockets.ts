import { bind, type Poly, poly, routes, websockets } from 'antiphon'

/** Pages and sockets under the same paths, on the same port. */
export const app: Poly = poly(
  routes(bind('/:name', ({ params }) => new Response(`hiya ${params.name}`))),
  websockets(
    bind('/:name', ({ params: { name } }) => (socket) => {
      socket.send(`hello ${name}`)
      socket.onMessage(() => socket.send(`${name} is responding`))
      socket.onClose(() => console.log(`${name} is closing`))
    }),
  ),
)
