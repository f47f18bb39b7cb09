import { expectTypeOf, test } from 'vitest'
import { authenticate } from '../../src/filters/authenticate.ts'
import { type BasicCredentials, basic } from '../../src/filters/basic.ts'
import { bearer } from '../../src/filters/bearer.ts'
import { catchAll } from '../../src/filters/catch-all.ts'
import { chaos } from '../../src/filters/chaos.ts'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { liftHandshake, liftWs } from '../../src/filters/lift.ts'
import { maxLifetime } from '../../src/filters/max-lifetime.ts'
import { originPolicy } from '../../src/filters/origin-policy.ts'
import { printTraffic } from '../../src/filters/print-traffic.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { record } from '../../src/filters/record.ts'
import { reportTransaction } from '../../src/filters/report-transaction.ts'
import { setSubprotocol } from '../../src/filters/set-subprotocol.ts'
import type { TrafficEntry } from '../../src/filters/traffic-entry.ts'
import { recordFile } from '../../src/node/record-file.ts'
import { bind } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { type Poly, poly } from '../../src/routing/poly.ts'
import type { HttpHandler, PolyFilter, PolyHandler } from '../../src/routing/poly-handler.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { HandshakeFilter, WsFilter } from '../../src/websocket/ws-handler.ts'

interface User {
  readonly name: string
}

const user = requestKey<User>('user')
const router = websockets(bind('/frames', () => (socket: FrameSocket) => socket.frames.masking))

test('each filter is of one of two kinds', () => {
  expectTypeOf(catchAll()).toEqualTypeOf<WsFilter>()
  expectTypeOf(chaos({})).toEqualTypeOf<WsFilter>()
  expectTypeOf(idleTimeout(1)).toEqualTypeOf<WsFilter>()
  expectTypeOf(maxLifetime(1)).toEqualTypeOf<WsFilter>()
  expectTypeOf(rateLimit({ messages: { perSecond: 1 } })).toEqualTypeOf<WsFilter>()
  expectTypeOf(record((entry: TrafficEntry) => entry)).toEqualTypeOf<WsFilter>()
  expectTypeOf(authenticate(() => true, { challenge: 'A' })).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(basic('a', () => true)).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(bearer(() => true)).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(connectionLimit({ total: 1 })).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(originPolicy('any')).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(printTraffic()).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(reportTransaction(() => {})).toEqualTypeOf<HandshakeFilter>()
  expectTypeOf(setSubprotocol([])).toEqualTypeOf<HandshakeFilter>()
})

test('filters of each kind go where their kind goes', () => {
  expectTypeOf(router.withFilter(compose(catchAll(), idleTimeout(1)))).toEqualTypeOf<
    WsRouter<FrameSocket>
  >()
  expectTypeOf(router.withHandshake(compose(printTraffic(), originPolicy('any')))).toEqualTypeOf<
    WsRouter<FrameSocket>
  >()
  // @ts-expect-error a filter of sockets decides about no handshake
  router.withHandshake(catchAll())
  // @ts-expect-error nor is a filter of handshakes one of sockets
  router.withFilter(originPolicy('any'))
})

test('lifted, they are of one kind, and need no other socket than the application', () => {
  const filter = compose(liftWs(catchAll()), liftHandshake(printTraffic()))
  expectTypeOf(filter).toExtend<PolyFilter>()
  expectTypeOf(filter(poly(router))).toEqualTypeOf<Poly<FrameSocket>>()
  expectTypeOf(filter(poly(websockets()))).toEqualTypeOf<Poly>()
  const own: PolyFilter = (next) => next
  expectTypeOf(compose(filter, own)).toEqualTypeOf<PolyFilter>()
})

test('lifted, they leave an application the halves that it has', () => {
  const filter = liftHandshake(printTraffic())
  expectTypeOf(filter(poly(router)).http).toEqualTypeOf<HttpHandler<FrameSocket>>()
  expectTypeOf(liftWs(catchAll())(poly(router)).http).toEqualTypeOf<HttpHandler<FrameSocket>>()
  const deaf: PolyHandler = { http: undefined, ws: () => undefined }
  expectTypeOf(filter(deaf)).toEqualTypeOf<PolyHandler>()
  expectTypeOf(compose(filter, liftWs(catchAll()))(poly(router)).http).toBeFunction()
})

test('a verdict is a principal of the key, or nobody', () => {
  bearer((token, request) => {
    expectTypeOf(token).toEqualTypeOf<string>()
    expectTypeOf(request).toEqualTypeOf<UpgradeRequest>()
    return { name: token }
  })
  bearer(async (token) => (token === '' ? undefined : { name: token }), { principal: user })
  basic(
    'rooms',
    (credentials) => {
      expectTypeOf(credentials).toEqualTypeOf<BasicCredentials>()
      return credentials.password === 'x' && { name: credentials.user }
    },
    { principal: user },
  )
  authenticate(() => null, { challenge: 'A', principal: user })
  // @ts-expect-error a name is no user
  bearer((token) => token, { principal: user })
  // @ts-expect-error nor is the mere truth
  basic('rooms', () => true, { principal: user })
  // @ts-expect-error nor later
  authenticate(async () => 'ann', { challenge: 'A', principal: user })
  // @ts-expect-error a refusal has to ask for something
  expectTypeOf(() => authenticate(() => true, {}))
})

test('a limit per key needs the key', () => {
  connectionLimit({ perKey: { limit: 1, key: (request) => request.path } })
  // @ts-expect-error whose connections?
  expectTypeOf(() => connectionLimit({ perKey: { limit: 1 } }))
  // @ts-expect-error a rate has its own unit
  expectTypeOf(() => rateLimit({ messages: 5 }))
})

test('what is recorded is told apart by its kind', () => {
  record((entry) => {
    if (entry.kind === 'message') expectTypeOf(entry.direction).toEqualTypeOf<'in' | 'out'>()
    if (entry.kind === 'close') expectTypeOf(entry.code).toEqualTypeOf<number>()
  })
  expectTypeOf(recordFile).returns.toExtend<(entry: TrafficEntry) => void>()
})
