import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Hono } from 'hono'
import type { ViteDevServer } from 'vite'
import { expectTypeOf, test } from 'vitest'
import type { AcceptOptions, HeadersInput, PingTimes, SizeLimits, WsLink } from '../../src/index.ts'
import { attach } from '../../src/node/attach.ts'
import { connect, open, openSocket } from '../../src/node/client/connect.ts'
import { node } from '../../src/node/engine.ts'
import { incomingMessage } from '../../src/node/incoming-message.ts'
import { upgrader } from '../../src/node/upgrader.ts'
import { bind } from '../../src/routing/bind.ts'
import { type Poly, poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { type Engine, serve } from '../../src/serving/engine.ts'
import {
  clientContract,
  contractApp,
  contractAppWithFrames,
  contractTests,
  type ServerContext,
  serverContract,
  testWsClient,
} from '../../src/testing/index.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Server } from '../../src/websocket/server.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsConsumer, WsFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import type { WsMessage } from '../../src/websocket/ws-message.ts'

declare const vite: ViteDevServer
declare const plainEngine: Engine<Websocket>
const list: WsMessage[] = []
const plain: WsHandler = () => (socket) => socket.onMessage((message) => list.push(message))
const framed: WsHandler<FrameSocket> = () => (socket) => socket.frames.onFrame(() => {})

// Nothing here is to be served: what is asserted is what compiles.
function compiled(_: () => unknown): void {}

test('an engine serves what its sockets can do', () => {
  expectTypeOf(node()).toEqualTypeOf<Engine<FrameSocket>>()
  compiled(() => {
    expectTypeOf(serve(plain, node())).toEqualTypeOf<Promise<Server>>()
    serve(plain, plainEngine)
    serve(framed, node())
    serve(() => accept(({ frames }) => frames.masking, { mode: 'frames' }), node())
    serve(poly({ http: new Hono().fetch, ws: plain }), plainEngine)
    serve((request) => (socket) => socket.send(request.url), plainEngine)
    serve(async () => undefined, plainEngine)
    // @ts-expect-error the engine makes no frames
    serve(framed, plainEngine)
    // @ts-expect-error the engine makes no frames, whatever the consumer is wrapped in
    serve(() => accept(({ frames }) => frames.masking, { mode: 'frames' }), plainEngine)
    // @ts-expect-error the engine makes no frames, whatever half needs them
    serve(poly({ ws: framed }), plainEngine)
    // @ts-expect-error a handler answers with a consumer, accept(), a Response or undefined
    serve(() => 'hello', node())
    // @ts-expect-error without a mode there are no frames
    accept(({ frames }) => frames.masking)
    // @ts-expect-error a port is a number
    node({ port: '9000' })
  })
})

test('sockets are attached to the servers of Node', () => {
  compiled(() => {
    attach(createServer(), framed)
    attach(createTlsServer({}), poly({ ws: framed }), { unmatched: 'ignore', origin: 'any' })
    attach(createServer(), () => (socket) => socket.onMessage((message) => list.push(message)))
    if (vite.httpServer !== null) attach(vite.httpServer, framed, { unmatched: 'ignore' })
    // @ts-expect-error 404 or ignore
    attach(createServer(), plain, { unmatched: 403 })
    createServer().on('upgrade', upgrader(framed).handleUpgrade)
  })
})

test("Node's own request is there, or not, for any request", () => {
  compiled(() => {
    bind('/rooms/:room', (request) => {
      expectTypeOf(incomingMessage(request)).toEqualTypeOf<IncomingMessage | undefined>()
      return undefined
    })
  })
})

test('a client is the same over the wire and offline', () => {
  compiled(() => {
    expectTypeOf(connect('ws://a/')).toEqualTypeOf<WsClient>()
    expectTypeOf(testWsClient(framed)).toExtend<WsClient>()
    expectTypeOf(
      open('ws://a/', {}, (socket) => {
        expectTypeOf(socket).toEqualTypeOf<FrameSocket>()
      }),
    ).toEqualTypeOf<Websocket>()
    open('ws://a/', { mode: 'frames' }, async (socket) => socket.frames.masking)
    const consumer: WsConsumer = (socket) => socket.close()
    open('ws://a/', {}, consumer)
    expectTypeOf(
      openSocket('ws://a/').then(({ socket }) => socket),
    ).resolves.toEqualTypeOf<FrameSocket>()
    testWsClient(poly(websockets(bind('/a', plain))), '/a')
  })
})

test('a decorated socket can do what the socket could', () => {
  compiled((): unknown => {
    const socket = {} as FrameSocket
    expectTypeOf(decorate(socket, {})).toEqualTypeOf<FrameSocket>()
    expectTypeOf(decorate(socket as Websocket, {})).toEqualTypeOf<Websocket>()
    decorate(socket, {
      send(message, next) {
        expectTypeOf(message).toEqualTypeOf<WsMessage>()
        return next(message)
      },
      message: async (message, next) => next(message),
      close: (status, next) => next(status.description('bye')),
    })
    // @ts-expect-error send says whether it sent
    decorate(socket, { send: (message, next) => void next(message) })
    const filter: WsFilter = (next) => (plain) => next(decorate(plain, {}))
    return filter
  })
})

test('an adapter is held against the contracts in three lines', () => {
  expectTypeOf(contractApp()).toEqualTypeOf<Poly>()
  compiled(() => {
    serve(contractApp(), plainEngine)
    serve(contractAppWithFrames(), node())
    // @ts-expect-error the application with frames is not for an engine without
    serve(contractAppWithFrames(), plainEngine)
    const start = (): ServerContext => ({ connect: (path) => connect(`ws://a${path}`) })
    contractTests(serverContract, { lacks: ['frames', 'http', 'stop'], start })
    contractTests(clientContract, { start })
    // @ts-expect-error there is no such capability
    contractTests(serverContract, { lacks: ['wings'], start })
  })
})

test('what options and links are made of has names', () => {
  expectTypeOf<AcceptOptions['headers']>().toEqualTypeOf<HeadersInput | undefined>()
  expectTypeOf<WsLink['limits']>().toEqualTypeOf<SizeLimits | undefined>()
  expectTypeOf<WsLink['pings']>().toEqualTypeOf<PingTimes | undefined>()
})
