import { Hono } from 'hono'
import { expect, expectTypeOf, test } from 'vitest'
import { bind, where } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { type HttpRouter, routes } from '../../src/routing/http-router.ts'
import type { PathParams } from '../../src/routing/path-params.ts'
import { type Poly, poly } from '../../src/routing/poly.ts'
import type { HttpFilter, PolyFilter, PolyHandler } from '../../src/routing/poly-handler.ts'
import { header, method } from '../../src/routing/predicates.ts'
import type { Route } from '../../src/routing/route.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { type Engine, serve } from '../../src/serving/engine.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Params, UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { HandshakeFilter, WsFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import type { WsMessage } from '../../src/websocket/ws-message.ts'

const list: WsMessage[] = []
const ok = (): Response => new Response()
const framed = bind('/frames', () => (socket: FrameSocket) => socket.frames.masking)

test('the address of a peer may be unknown, and cannot be set', () => {
  expectTypeOf<Pick<UpgradeRequest, 'remoteAddress'>>().toEqualTypeOf<{
    readonly remoteAddress: string | undefined
  }>()
})

test('path parameters come from the template', () => {
  expectTypeOf<keyof PathParams<'/'>>().toBeNever()
  expectTypeOf<keyof PathParams<'/echo'>>().toBeNever()
  expectTypeOf<PathParams<'/rooms/:room/:id'>>().toEqualTypeOf<{
    readonly room: string
    readonly id: string
  }>()
  expectTypeOf<PathParams<'/:a/'>>().toEqualTypeOf<{ readonly a: string }>()
  expectTypeOf<PathParams<'/*'>>().toEqualTypeOf<{ readonly '*': string }>()
  expectTypeOf<PathParams<'/*/:a/*'>>().toEqualTypeOf<{
    readonly a: string
    readonly '*': string
  }>()
  expectTypeOf<keyof PathParams<'/*/a'>>().toBeNever()
  expectTypeOf<PathParams<string>>().toEqualTypeOf<Params>()
  expectTypeOf<PathParams<`/rooms/${string}`>>().toEqualTypeOf<Params>()
})

test('a handler in place needs no annotation', () => {
  bind('/rooms/:room', (request) => {
    expectTypeOf(request).toEqualTypeOf<UpgradeRequest<{ readonly room: string }>>()
    // @ts-expect-error there is no such parameter in the template
    request.params.rom
    return ok()
  })
  bind(
    (request) => {
      expectTypeOf(request).toEqualTypeOf<UpgradeRequest>()
      return request.method === 'GET'
    },
    (request) => {
      expectTypeOf(request).toEqualTypeOf<UpgradeRequest>()
      return ok()
    },
  )
  const router = websockets(
    bind('/echo', () => (socket) => {
      expectTypeOf(socket).toEqualTypeOf<Websocket>()
      return socket.onMessage((message) => list.push(message))
    }),
    bind('/async/:x', async (request) => async (socket) => {
      expectTypeOf(socket).toEqualTypeOf<Websocket>()
      socket.send(request.params.x)
    }),
    bind('/accept/:x', (request) =>
      accept((socket) => {
        expectTypeOf(socket).toEqualTypeOf<Websocket>()
        socket.send(request.params.x)
      }),
    ),
    bind('/mixed', (request) => {
      if (request.method === 'a') return undefined
      if (request.method === 'b') return new Response()
      return (socket) => {
        expectTypeOf(socket).toEqualTypeOf<Websocket>()
        socket.close()
      }
    }),
    bind('/mixed', async (request) => (request.method === 'a' ? ok() : (socket) => socket.close())),
    where(
      method('GET'),
      bind(
        '/where/:x',
        ({ params }) =>
          (socket) =>
            socket.send(params.x),
      ),
    ),
    bind(header('a'), () => (socket) => socket.close()),
    bind(
      '/api',
      websockets(
        bind(
          '/:y',
          ({ params }) =>
            (socket) =>
              socket.send(params.y),
        ),
      ),
    ),
  )
  expectTypeOf(router).toEqualTypeOf<WsRouter<Websocket>>()
})

test('a router asks for the socket that its routes need', () => {
  const plain = bind('/plain', () => (socket) => socket.close())
  expectTypeOf(websockets()).toEqualTypeOf<WsRouter<Websocket>>()
  expectTypeOf(websockets(bind('/no', ok))).toEqualTypeOf<WsRouter<Websocket>>()
  expectTypeOf(websockets(framed)).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(websockets(plain, framed)).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(websockets(framed, plain)).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(websockets(bind('/api', websockets(framed)))).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(
    websockets(
      bind('/', () => accept((socket) => socket.frames.masking, { mode: 'frames' })),
      bind('/', () => (socket) => socket.close()),
    ),
  ).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(
    websockets(bind('/', async () => (socket: FrameSocket) => socket.frames.masking)),
  ).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(
    routes(bind('/', () => new WebSocketUpgrade(accept((socket: FrameSocket) => socket.frames)))),
  ).toEqualTypeOf<HttpRouter<FrameSocket>>()
})

test('routers take the routes of their own kind', () => {
  const both: Route<Response> = bind('/', ok)
  expectTypeOf(websockets(both)).toEqualTypeOf<WsRouter<Websocket>>()
  expectTypeOf(routes(both)).toEqualTypeOf<HttpRouter<Websocket>>()
  routes(
    bind('/:id', async (request) => new Response(request.params.id)),
    bind('/upgrade', () => new WebSocketUpgrade(accept((socket) => socket.close()))),
    bind('/api', routes(bind('/', () => undefined))),
  )
  const handler: WsHandler<FrameSocket> = () => undefined
  expectTypeOf(websockets(bind('/', handler))).toEqualTypeOf<WsRouter<FrameSocket>>()
  // @ts-expect-error an HTTP route does not answer a consumer
  routes(bind('/', () => (socket: Websocket) => socket.close()))
  // @ts-expect-error a WebSocket route does not answer a WebSocketUpgrade, which is for HTTP routes
  websockets(bind('/', () => new WebSocketUpgrade(accept(() => {}))))
  // @ts-expect-error nor does an HTTP router hold WebSocket routes
  routes(bind('/', websockets(framed)))
  // @ts-expect-error a handler answers with one of what routers know
  bind('/', () => 'text')
  // @ts-expect-error a fetch-style handler is bound as (request) => app.fetch(request.raw)
  bind('/*', new Hono().fetch)
})

test('poly asks for what either half needs', () => {
  const http = routes(bind('/ping', ok))
  expectTypeOf(
    poly(
      routes(bind('/ping', ok)),
      websockets(
        bind(
          '/:x',
          ({ params }) =>
            (socket) =>
              socket.send(params.x),
        ),
      ),
    ),
  ).toEqualTypeOf<Poly<Websocket>>()
  expectTypeOf(poly(http, websockets(framed))).toEqualTypeOf<Poly<FrameSocket>>()
  expectTypeOf(poly(websockets(framed), http, websockets())).toEqualTypeOf<Poly<FrameSocket>>()
  expectTypeOf(
    poly(routes(bind('/', () => new WebSocketUpgrade(accept((_: FrameSocket) => {}))))),
  ).toEqualTypeOf<Poly<FrameSocket>>()
  expectTypeOf(poly({ http: new Hono().fetch })).toEqualTypeOf<Poly<Websocket>>()
  expectTypeOf(
    poly({ http: (request) => new Response(request.url), ws: () => (socket) => socket.close() }),
  ).toEqualTypeOf<Poly<Websocket>>()
  expectTypeOf(poly({ ws: () => (socket: FrameSocket) => socket.frames.masking })).toEqualTypeOf<
    Poly<FrameSocket>
  >()
  // @ts-expect-error a route is not a router
  expect(() => poly(framed)).toThrow(TypeError)
})

test('what needs frames does not run on an engine without them', () => {
  const plain: Engine<Websocket> = { name: 'plain', lacks: [], start: () => new Promise(() => {}) }
  const frames: Engine<FrameSocket> = {
    name: 'frames',
    lacks: [],
    start: () => new Promise(() => {}),
  }
  const plainApp = poly(websockets(bind('/', () => (socket) => socket.close())))
  const framesApp = poly(websockets(framed))
  const routesToWs = poly(
    routes(bind('/', () => new WebSocketUpgrade(accept((socket: FrameSocket) => socket.frames)))),
  )
  serve(plainApp, plain)
  serve(plainApp, frames)
  serve(framesApp, frames)
  serve(websockets(framed), frames)
  serve(routesToWs, frames)
  // @ts-expect-error the engine makes no frames
  serve(framesApp, plain)
  // @ts-expect-error the engine makes no frames
  serve(websockets(framed), plain)
  const filtered = websockets(framed).withFilter((next) => next)
  // @ts-expect-error nor do filters or base paths change what is needed
  serve(filtered.withBasePath('/a'), plain)
  // @ts-expect-error the HTTP half needs frames
  serve(routesToWs, plain)
})

test('filters compose with filters of their kind', () => {
  const onSocket: WsFilter = (next) => next
  const onHandshake: HandshakeFilter = (next) => next
  const onHttp: HttpFilter = (next) => next
  const onBoth: PolyFilter = (next) => next
  expectTypeOf(compose(onSocket, onSocket)).toEqualTypeOf<WsFilter>()
  expectTypeOf(compose(onHandshake, onHandshake)).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(compose(onHttp)).toEqualTypeOf<HttpFilter>()
  expectTypeOf(compose(onBoth, onBoth)).toEqualTypeOf<PolyFilter>()
  expectTypeOf(compose(onBoth)(poly(websockets(framed)))).toEqualTypeOf<PolyHandler<FrameSocket>>()
  expectTypeOf(
    websockets(framed).withFilter(
      compose(onSocket, (next) => (socket) => {
        expectTypeOf(socket).toEqualTypeOf<Websocket>()
        return next(socket)
      }),
    ),
  ).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(
    websockets(framed).withHandshake(
      compose(onHandshake, (next) => (request) => next(request.withHeader('a', 'b'))),
    ),
  ).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(
    routes(bind('/', ok)).withFilter((next) => (request) => next(request)),
  ).toEqualTypeOf<HttpRouter<Websocket>>()
  // @ts-expect-error filters of two kinds
  compose(onSocket, onBoth)
})
