import { expectTypeOf, test } from 'vitest'
import {
  type App,
  accept,
  type BoundResult,
  bind,
  type Capability,
  type Capable,
  type DefaultWebSocketSession,
  type Engine,
  type FrameSocket,
  type HandshakeFilter,
  type Lens,
  type PathParams,
  type RequestKey,
  type Route,
  type RoutedSession,
  type Server,
  serve,
  type TypedSession,
  type TypedWebsocket,
  typed,
  type UpgradeRequest,
  type Websocket,
  type WsConsumer,
  type WsMessage,
  type WsRouter,
  webSocket,
  webSocketRaw,
  websockets,
} from '../../src/index.ts'

const raw = webSocketRaw('/', () => {})

test('a function around bind keeps the path parameters and what the route needs', () => {
  function logged<const P extends string, R extends BoundResult>(
    path: P,
    handler: (request: UpgradeRequest<PathParams<P>>) => R,
  ): Route<R> {
    return bind(path, (request) => handler(request))
  }
  function versioned<const P extends string, R extends BoundResult>(
    path: P,
    handler: (request: UpgradeRequest<PathParams<`/v1${P}`>>) => R,
  ): Route<R> {
    return bind(`/v1${path}`, handler)
  }
  expectTypeOf(
    websockets(
      logged(
        '/:room',
        ({ params }) =>
          (socket) =>
            socket.send(params.room),
      ),
      versioned('/:room', ({ params }) => {
        expectTypeOf(params).toEqualTypeOf<{ readonly room: string }>()
        return (socket: FrameSocket) => socket.frames
      }),
    ),
  ).toEqualTypeOf<WsRouter<FrameSocket>>()
})

test('a function around webSocket keeps the path parameters', () => {
  const logged = <const P extends string>(path: P, handler: (session: RoutedSession<P>) => void) =>
    webSocket(path, (session) => handler(session))
  logged('/:room', ({ call }) => expectTypeOf(call.parameters.room).toBeString())
})

test('functions around typed and serve pass their type parameters on', () => {
  const onSocket = <S extends Websocket, T>(socket: S, lens: Lens<WsMessage, T>) =>
    typed(socket, { receive: lens, send: lens }) satisfies TypedWebsocket<T, T, S>
  const onSession = <S extends DefaultWebSocketSession, T>(session: S, lens: Lens<WsMessage, T>) =>
    typed(session, { receive: lens, send: lens }) satisfies TypedSession<T, T, S>
  const run = <S extends Websocket>(app: App<S>, engine: Engine<S, Capability>): Promise<Server> =>
    serve(app, engine)
  expectTypeOf([onSocket, onSession, run]).toBeArray()
})

test('a router may be of any need, and a filter or a consumer for any socket', () => {
  const secured = <S extends Websocket>(router: WsRouter<S>): WsRouter<S> =>
    router.withFilter((next) => next).withHandshake((next) => next)
  const matches = (router: WsRouter<never>, request: UpgradeRequest): boolean =>
    router.match(request).matched
  const provide =
    <T>(key: RequestKey<T>, value: () => Promise<T | undefined>): HandshakeFilter =>
    (next) =>
    async (request) => {
      const found = await value()
      return found === undefined ? new Response() : next(request.with(key, found))
    }
  const tracked =
    <S extends Websocket>(consumer: WsConsumer<S>): WsConsumer<S> =>
    (socket) =>
      consumer(socket)
  expectTypeOf(secured(websockets(raw))).toEqualTypeOf<WsRouter<FrameSocket>>()
  expectTypeOf(matches).toBeCallableWith(websockets(raw), {} as UpgradeRequest)
  expectTypeOf(provide).returns.toEqualTypeOf<HandshakeFilter>()
  bind('/', () =>
    accept(
      tracked(({ frames }) => frames),
      { mode: 'frames' },
    ),
  )
})

test('sockets of every kind fit in one map', () => {
  const all = new Map<string, Websocket>()
  const pinging = new Map<string, Capable<'ping'>>()
  websockets(
    bind('/', () => (socket) => void all.set('a', socket)),
    bind('/', () => (socket: Capable<'ping'>) => void pinging.set('b', socket)),
    bind('/', () => accept((socket) => void pinging.set('c', socket), { mode: 'frames' })),
    ...(Math.random() < 0.5 ? [raw] : []),
  )
})
