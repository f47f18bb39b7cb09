import { describe, expectTypeOf, test } from 'vitest'
import { Message } from '../../src/lens/message.ts'
import type { SessionClient } from '../../src/node/client/session-client.ts'
import type { connect, open } from '../../src/node/index.ts'
import { node } from '../../src/node/index.ts'
import { routes } from '../../src/routing/http-router.ts'
import type { Poly } from '../../src/routing/poly.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import type { WsRouter } from '../../src/routing/ws-router.ts'
import type { Engine } from '../../src/serving/engine.ts'
import { typed } from '../../src/session/typed/typed.ts'
import {
  type AppContext,
  type Backend,
  type ClientContext,
  expectMessages,
  inMemory,
  onServer,
  type ServerContext,
  type TestApp,
  type TestSessionClient,
  type TestWebsocketFactory,
  type TestWsClient,
  testWsClient,
  webSocketMatchers,
} from '../../src/testing/index.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'

/** A test for the compiler: `check` is compiled and never run. */
function types(name: string, _check: () => void): void {
  test(`${name}`, () => {})
}

declare const app: WsRouter
declare const framed: WsRouter<FrameSocket>
declare const request: UpgradeRequest
declare const messagesOnly: () => Engine
declare const client: WsClient

describe('the testing kit', () => {
  types('takes whatever serve takes', () => {
    expectTypeOf<WsHandler>().toExtend<TestApp>()
    expectTypeOf<WsHandler<FrameSocket>>().toExtend<TestApp>()
    expectTypeOf<Poly<FrameSocket>>().toExtend<TestApp>()
    expectTypeOf<PolyHandler>().toExtend<TestApp>()
    // @ts-expect-error: pages alone are no application of WebSockets
    testWsClient(routes(), '/')
  })

  types('has clients that stand in for those over the wire', () => {
    expectTypeOf(testWsClient(app)).toEqualTypeOf<TestWsClient>()
    expectTypeOf<TestWsClient>().toExtend<WsClient>()
    expectTypeOf<TestWebsocketFactory['connect']>().toExtend<typeof connect>()
    expectTypeOf<TestWebsocketFactory['open']>().toExtend<typeof open>()
    expectTypeOf<TestSessionClient>().toExtend<Pick<SessionClient, keyof SessionClient>>()
    testWsClient(app, request)
    testWsClient(app, new URL('ws://localhost/'))
    // @ts-expect-error: the options of a network are not those of a test
    testWsClient(app, '/', { proxy: 'http://localhost' })
  })

  types('expects of a typed client what it receives', () => {
    const text = typed(client, { receive: Message.text(), send: Message.text() })
    void expectMessages(text, ['a'])
    void expectMessages(client, ['a', Uint8Array.of(1), { a: 1 }, null])
    // @ts-expect-error: it receives texts
    void expectMessages(text, [1])
  })

  types('has matchers for whatever stands in expect', () => {
    // As Bun declares them. In Vitest and Jest, the subject is of any type.
    type BunMatcher = (this: BunContext, subject: unknown, ...expected: never) => unknown
    interface BunContext {
      readonly isNot: boolean
      equals(a: unknown, b: unknown): boolean
    }
    expectTypeOf(webSocketMatchers).toExtend<Readonly<Record<string, BunMatcher>>>()
  })

  types('runs an application on engines that can serve it', () => {
    expectTypeOf(inMemory(() => framed)).toEqualTypeOf<Backend<AppContext>>()
    expectTypeOf<AppContext>().toExtend<ServerContext & ClientContext>()
    const offer = ({ connect }: AppContext) => connect('/', { protocols: 'chat.v1' })
    expectTypeOf(offer).returns.toEqualTypeOf<WsClient>()
    const wire = { connect: () => client }
    onServer(() => framed, { ...wire, engine: node })
    onServer(() => app, { ...wire, engine: node })
    onServer(() => app, { ...wire, engine: messagesOnly })
    // @ts-expect-error: this engine has no frames
    onServer(() => framed, { ...wire, engine: messagesOnly })
  })
})
