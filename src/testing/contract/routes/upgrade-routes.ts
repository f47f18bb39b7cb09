import { Query } from '../../../lens/query.ts'
import { bind } from '../../../routing/bind.ts'
import { header } from '../../../routing/predicates.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { accept } from '../../../websocket/accept.ts'
import { decorate } from '../../../websocket/decorate.ts'
import { requestKey } from '../../../websocket/request/request-key.ts'
import type { UpgradeRequest } from '../../../websocket/request/upgrade-request.ts'
import type { HandshakeFilter, WsConsumer, WsFilter } from '../../../websocket/ws-handler.ts'

const principal = requestKey<string>('principal', { value: 'nobody' })
const page = Query.int().required('page')

const asUser: HandshakeFilter = (next) => (request) =>
  next(request.with(principal, request.header('x-user') ?? 'anonymous'))

const shouting: WsFilter = (next) => (socket) =>
  next(
    decorate(socket, { send: (message, send) => send(message.body(message.text().toUpperCase())) }),
  )

/** Tells what handler and socket know of the request. */
function tell(request: UpgradeRequest): WsConsumer {
  return (socket) => {
    const { pathname, search, origin } = new URL(request.url)
    const seen = {
      method: request.method,
      path: pathname,
      origin,
      query: search,
      params: request.params,
      one: request.header('x-one'),
      two: request.headers.get('x-two'),
      principal: request.get(principal),
    }
    const own = socket.upgradeRequest
    const same =
      own.url === request.url && JSON.stringify(own.params) === JSON.stringify(request.params)
    socket.send(JSON.stringify({ ...seen, same, socketPrincipal: own.get(principal) }))
  }
}

export function upgradeRoutes(): WsRouter {
  return websockets(
    bind('/request', tell),
    bind('/address', ({ remoteAddress = null }) => (socket) => {
      const { remoteAddress: own = null } = socket.upgradeRequest
      socket.send(JSON.stringify([remoteAddress, own]))
    }),
    bind('/address-later', () => (socket) => {
      socket.send(JSON.stringify([socket.upgradeRequest.remoteAddress]))
    }),
    bind('/api', websockets(bind('/v1/:version', websockets(bind('/users/:id', tell))))),
    bind('/as', websockets(bind('/:name', tell)).withHandshake(asUser)),
    bind(
      '/shout',
      websockets(
        bind(
          '/:name',
          ({ params }) =>
            (socket) =>
              socket.send(`hello ${params.name}`),
        ),
      ).withFilter(shouting),
    ),
    bind('/async', async () => {
      await Promise.resolve()
      return async (socket) => {
        await Promise.resolve()
        socket.send('opened later')
      }
    }),
    bind(header('x-route', 'second'), () => undefined),
    bind('/choice', (request) =>
      request.header('x-route') === null ? undefined : (socket) => socket.send('first'),
    ),
    bind('/choice', () => (socket) => socket.send('second')),
    bind('/protocol/:name', ({ params }) =>
      accept((socket) => socket.send(socket.protocol), { protocol: params.name }),
    ),
    bind('/no-protocol', () => (socket) => socket.send(`protocol '${socket.protocol}'`)),
    bind('/with-headers', () =>
      accept((socket) => socket.send('welcome'), {
        headers: [
          ['X-Own', 'yes'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
      }),
    ),
    bind('/refused', () => {
      const headers = { 'www-authenticate': 'Basic realm="contract"', 'x-why': 'no ticket' }
      return new Response('tickets, please', { status: 401, headers })
    }),
    bind('/fails', () => {
      throw new Error('the handler threw')
    }),
    bind('/fails-later', async () => {
      throw new Error('the handler rejected')
    }),
    bind('/page', (request) => {
      const number = page(request)
      return (socket) => socket.send(`page ${number}`)
    }),
    bind('/any-origin', () => accept((socket) => socket.send('welcome'), { origin: 'any' })),
    bind('/same-origin', () => (socket) => socket.send('welcome')),
  )
}
