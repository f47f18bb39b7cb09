import { bind, type Poly, poly, websockets } from 'antiphon'
import { Hono } from 'hono'

const pages = new Hono()
  .get('/', (c) => c.text('hello from Hono'))
  .get('/users/:id', (c) => c.json({ id: c.req.param('id') }))

/** Hono for HTTP, and WebSockets beside it, on one port. */
export const app: Poly = poly({
  http: pages.fetch,
  ws: websockets(
    bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
  ),
})
