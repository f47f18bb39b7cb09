import { expectTypeOf, test } from 'vitest'
import { type BunLacks, bun } from '../../src/bun/engine.ts'
import { deno } from '../../src/deno/engine.ts'
import { node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import {
  type SessionRouteOptions,
  webSocket,
  webSocketRaw,
} from '../../src/routing/session-routes.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { type Engine, serve } from '../../src/serving/engine.ts'
import type { WebSocketsLacking } from '../../src/serving/web-sockets.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { AcceptLimits } from '../../src/websocket/accept-limits.ts'
import type { Capability } from '../../src/websocket/capability.ts'
import { type Capable, capable, type Needing } from '../../src/websocket/capable.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsResponse } from '../../src/websocket/ws-handler.ts'
import type { SizeLimits } from '../../src/websocket/ws-link.ts'

type Lacked = 'frames' | 'pause' | 'ping' | 'pings' | 'onControl' | 'bufferedAmount' | 'frameLimits'

type EngineLacking<L extends Capability> = Engine<Capable<Exclude<Capability, L>>, L>

declare const poor: EngineLacking<Lacked>
declare const pinging: EngineLacking<'frames' | 'pause'>
declare const socket: Websocket
declare function needing<C extends Capability>(...needs: readonly C[]): WsResponse<Needing<C>>
declare function perhaps<T>(value: T): T | undefined

// Nothing here is to be served: what is asserted is what compiles.
function compiled(_: () => unknown): void {}

test('a consumer says in its type what it asks of an engine', () => {
  compiled(() => {
    const pings = () => (socket: Capable<'ping'>) => socket.link.ping()
    const pauses = () => (socket: Capable<'pause'>) => socket.link.pause()
    serve(pings, node())
    serve(pings, pinging)
    // @ts-expect-error the engine does not ping
    serve(pings, poor)
    serve(pauses, node())
    // @ts-expect-error the engine does not pause
    serve(pauses, pinging)
    serve(poly(websockets(bind('/a', pings))), pinging)
    // @ts-expect-error whatever the consumer is wrapped in
    serve(poly(websockets(bind('/a', pings))), poor)
    // @ts-expect-error one of both is lacking
    serve(poly(websockets(bind('/a', pings), bind('/b', pauses))), pinging)
    const both = websockets(
      bind('/a', pings),
      bind('/b', pauses),
      bind('/c', () => () => {}),
    )
    serve(both, node())
    // @ts-expect-error one of both is lacking
    serve(both, pinging)
    const apart = poly(websockets(bind('/a', pings)), websockets(bind('/b', pauses)), routes())
    serve(apart, node())
    // @ts-expect-error one of both is lacking
    serve(apart, pinging)
    serve(() => (socket) => socket.link.ping(), pinging)
    // @ts-expect-error the type of the socket comes from the engine
    serve(() => (socket) => socket.link.ping(), poor)
  })
})

test('a router names what its routes need', () => {
  compiled(() => {
    const one = websockets(webSocket('/', { pingInterval: 1_000 }, () => {}))
    expectTypeOf(one).toEqualTypeOf<WsRouter<Capable<'pings'>>>()
    const two = websockets(
      webSocket('/a', { pingInterval: 1_000 }, () => {}),
      webSocket('/b', { controlFrames: true }, () => {}),
    )
    expectTypeOf(two).toExtend<WsRouter<Capable<'pings' | 'onControl'>>>()
    expectTypeOf(two).not.toExtend<WsRouter<Capable<'pings'>>>()
    expectTypeOf(websockets(bind('/', () => undefined))).toEqualTypeOf<WsRouter>()
  })
})

test('what engines lack is in their type, and in their sockets', () => {
  expectTypeOf(node()).toEqualTypeOf<Engine<FrameSocket>>()
  expectTypeOf(node().lacks).toEqualTypeOf<readonly never[]>()
  expectTypeOf<EngineLacking<Lacked>['lacks']>().toEqualTypeOf<readonly Lacked[]>()
  expectTypeOf<FrameSocket>().toExtend<Capable<Capability>>()
  expectTypeOf<Capable<Capability>>().toExtend<FrameSocket>()
  expectTypeOf<Capable<'ping'>>().not.toExtend<FrameSocket>()
  expectTypeOf<Capable<'limits'>['link']['limits']>().toEqualTypeOf<SizeLimits>()
})

test('raw sessions are not for an engine without frames', () => {
  compiled(() => {
    serve(websockets(webSocketRaw('/', () => {})), node())
    // @ts-expect-error it has no frames
    serve(websockets(webSocketRaw('/', () => {})), pinging)
  })
})

test('options of one connection ask for what not every engine can', () => {
  compiled(() => {
    serve(() => accept(() => {}, { limits: { maxMessageSize: 1 } }), poor)
    serve(() => accept(() => {}, { limits: { maxBufferedAmount: 1 } }), pinging)
    // @ts-expect-error it does not know what waits
    serve(() => accept(() => {}, { limits: { maxBufferedAmount: 1 } }), poor)
    // @ts-expect-error it sees no frames
    serve(() => accept(() => {}, { limits: { maxFrameSize: 1 } }), poor)
    serve(
      websockets(webSocket('/', { protocol: 'a', limits: { maxMessageSize: 1 } }, () => {})),
      poor,
    )
    serve(websockets(webSocket({ pingInterval: null, controlFrames: false }, () => {})), poor)
    serve(
      websockets(webSocket('/', { pingInterval: 1_000, controlFrames: true }, () => {})),
      pinging,
    )
    // @ts-expect-error it has no ping timer
    serve(websockets(webSocket('/', { pingInterval: 1_000 }, () => {})), poor)
    // @ts-expect-error it has no ping timer, at the root neither
    serve(websockets(webSocket({ pongTimeout: 1_000 }, () => {})), poor)
    // @ts-expect-error it does not tell of control frames
    serve(websockets(webSocket('/', { controlFrames: true }, () => {})), poor)
    // @ts-expect-error it does not know what waits
    serve(websockets(webSocket('/', { limits: { maxBufferedAmount: 1 } }, () => {})), poor)
    serve(() => accept(() => {}, { limits: { slowConsumer: 'drop' } }), pinging)
    // @ts-expect-error it does not know what waits
    serve(() => accept(() => {}, { limits: { slowConsumer: 'drop' } }), poor)
    serve(websockets(webSocket('/', { limits: { slowConsumer: 'wait' } }, () => {})), pinging)
    // @ts-expect-error it does not know what waits
    serve(websockets(webSocket('/', { limits: { slowConsumer: 'wait' } }, () => {})), poor)
    // @ts-expect-error there is no such policy
    accept(() => {}, { limits: { slowConsumer: 'pause' } })
    // @ts-expect-error nor for a route of sessions
    webSocket('/', { limits: { slowConsumer: 'pause' } }, () => {})
    // @ts-expect-error there is no such option
    webSocket('/', { protocol: 'a', limit: 1 }, () => {})
    // @ts-expect-error nor is there such a limit, beside one that there is
    webSocket('/', { limits: { maxMessageSize: 1, highWaterMark: 1 } }, () => {})
    // @ts-expect-error nor for a single connection
    accept(() => {}, { limits: { maxMessageSize: 1, highWaterMark: 1 } })
  })
})

test('what a route needs is not inferred from what the routes around it need, which takes the compiler long', () => {
  compiled(() => {
    const pings: WsResponse<Capable<'ping'>> = needing('ping')
    // @ts-expect-error nothing says that it needs no more than `ping`
    const other: WsResponse<Capable<'ping'>> = needing()
    return [pings, other]
  })
})

test('options that may be undefined ask for what they may be', () => {
  compiled(() => {
    const none = {
      pingInterval: undefined,
      pongTimeout: undefined,
      controlFrames: undefined,
      fragments: undefined,
    }
    serve(websockets(webSocket('/', none, () => {})), poor)
    serve(() => accept(() => {}, { limits: { maxFrameSize: undefined } }), poor)
    serve(() => accept(() => {}, { limits: undefined, mode: undefined }), poor)
    const pingInterval = perhaps(1_000)
    serve(websockets(webSocket('/', { pingInterval }, () => {})), pinging)
    // @ts-expect-error it has no ping timer
    serve(websockets(webSocket('/', { pingInterval }, () => {})), poor)
    // @ts-expect-error it sees no frames
    serve(() => accept(() => {}, { limits: { maxFrameSize: perhaps(1) } }), poor)
    // @ts-expect-error it sees no frames
    serve(() => accept(() => {}, { limits: perhaps({ maxFrameSize: 1 }) }), poor)
    // @ts-expect-error it sees no frames
    serve(websockets(webSocket('/', { limits: perhaps({ maxFrameSize: 1 }) }, () => {})), poor)
  })
})

test('options that may be absent ask for what they may be', () => {
  compiled(() => {
    const some = (options: { pingInterval?: number }) => websockets(webSocket(options, () => {}))
    serve(some({}), pinging)
    // @ts-expect-error it has no ping timer
    serve(some({}), poor)
    const any = (options: SessionRouteOptions) => websockets(webSocket('/', options, () => {}))
    expectTypeOf(any).returns.toExtend<WsRouter<FrameSocket>>()
    expectTypeOf(any).returns.not.toExtend<WsRouter<Capable<'pings' | 'onControl'>>>()
    expectTypeOf(any).returns.toExtend<
      WsRouter<Capable<'pings' | 'onControl' | 'frames' | 'frameLimits' | 'bufferedAmount'>>
    >()
    const limited = (limits: AcceptLimits) => () => accept(() => {}, { limits })
    serve(limited({}), node())
    // @ts-expect-error it sees no frames
    serve(limited({}), poor)
    const perhapsLimited = (options: { limits?: { maxFrameSize?: number } }) => () =>
      accept(() => {}, options)
    serve(perhapsLimited({}), node())
    // @ts-expect-error it sees no frames
    serve(perhapsLimited({}), poor)
    serve(() => accept<Websocket>(() => {}, { protocol: 'a' }), poor)
    serve(() => accept<FrameSocket>(() => {}, { limits: { maxFrameSize: 1 } }), node())
  })
})

test('a configuration has only what its engine can follow', () => {
  expectTypeOf<WebSocketsLacking<'pings'>>().not.toHaveProperty('pingInterval')
  expectTypeOf<WebSocketsLacking<'pings'>>().toHaveProperty('maxBufferedAmount')
  expectTypeOf<WebSocketsLacking<'bufferedAmount'>>().not.toHaveProperty('slowConsumer')
})

test('what may be one of two engines serves what suits both', () => {
  compiled(() => {
    const pings = () => (socket: Capable<'ping'>) => socket.link.ping()
    const pauses = () => (socket: Capable<'pause'>) => socket.link.pause()
    const flag = Math.random() < 0.5
    const app = poly(websockets(bind('/', () => (socket) => socket.send('hello'))))
    serve(app, flag ? bun() : deno())
    serve(app, flag ? node() : bun())
    serve(app, flag ? deno() : node())
    serve(pings, flag ? node() : bun())
    serve(
      () => (socket) => {
        socket.send('hello')
        socket.link.ping()
      },
      flag ? node() : bun(),
    )
    const either = flag ? bun() : deno()
    serve(app, either)
    // @ts-expect-error Deno does not ping
    serve(pings, either)
    // @ts-expect-error Deno does not ping
    serve(() => (socket) => socket.link.ping(), flag ? deno() : bun())
    // @ts-expect-error Deno does not pause
    serve(pauses, flag ? deno() : node())
    // @ts-expect-error neither has frames
    serve(websockets(webSocketRaw('/', () => {})), either)
    // @ts-expect-error Bun has no frames
    serve(websockets(webSocketRaw('/', () => {})), flag ? bun() : node())
  })
})

test('an application of raw sessions is not for Bun, nor are extensions of ours', () => {
  expectTypeOf(bun().lacks).toEqualTypeOf<readonly BunLacks[]>()
  compiled(() => {
    bun({ port: 0, compression: true, webSockets: { pingInterval: 30_000, maxBufferedAmount: 1 } })
    // @ts-expect-error Bun has a compression of its own
    bun({ webSockets: { extensions: [] } })
    // @ts-expect-error Bun does not see frames
    bun({ webSockets: { maxFrameSize: 1 } })
    serve(
      websockets(bind('/', () => (socket: Capable<'ping' | 'pause'>) => socket.link.ping())),
      bun(),
    )
    // @ts-expect-error it has no frames
    serve(websockets(webSocketRaw('/', () => {})), bun())
  })
})

test('a socket that turns out to be capable is typed as such', () => {
  compiled(() => {
    expectTypeOf(capable(socket, 'ping', 'flush')).toEqualTypeOf<Capable<'ping' | 'flush'>>()
    capable(socket, 'ping').link.ping()
    // @ts-expect-error it was not asked for
    capable(socket, 'ping').link.pause()
    expectTypeOf(capable(socket, 'frames').frames.masking).toEqualTypeOf<boolean>()
    // @ts-expect-error there is no such capability
    capable(socket, 'fly')
  })
})
