import { expectTypeOf, test } from 'vitest'
import {
  type DurableObjectState,
  durableObject,
  type HibernatableSocket,
  hibernatable,
  type WorkersWebSocket,
  worker,
} from '../../src/cloudflare/index.ts'
import { node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { poly } from '../../src/routing/poly.ts'
import { webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { testDurableObject } from '../../src/testing/index.ts'
import { accept } from '../../src/websocket/accept.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'

// Nothing here is to be served: what is asserted is what compiles.
function compiled(_: () => unknown): void {}

interface Member {
  readonly name: string
}

test('what Workers lack does not compile with them', () => {
  compiled(() => {
    worker(websockets(bind('/', () => (socket) => socket.send('hello'))))
    worker(() => accept(() => {}, { limits: { maxBufferedAmount: 1, slowConsumer: 'drop' } }))
    worker(websockets(), { webSockets: { highWaterMark: 1 } })
    // @ts-expect-error they see no frames
    worker(websockets(webSocketRaw('/', () => {})))
    // @ts-expect-error they do not ping
    worker(() => (socket) => socket.link.ping())
    // @ts-expect-error they have no ping timer
    worker(websockets(), { webSockets: { pingInterval: 30_000 } })
    // @ts-expect-error they read whole messages
    worker(() => accept(() => {}, { limits: { maxFrameSize: 1 } }))
  })
})

test('a Durable Object takes what wrangler types wrote before the runtime counted what waits', () => {
  interface WebSocket extends Omit<WorkersWebSocket, 'bufferedAmount'> {
    readonly url: string | null
  }
  interface State extends Omit<DurableObjectState, 'acceptWebSocket' | 'getWebSockets'> {
    acceptWebSocket(socket: WebSocket, tags?: string[]): void
    getWebSockets(tag?: string): WebSocket[]
  }
  compiled(() => {
    const Room = durableObject((state: State) => {
      const members = hibernatable({ state })
      return websockets(bind('/', () => members()))
    })
    return (state: State, socket: WebSocket) =>
      new Room(state, undefined).webSocketMessage(socket, 'hello')
  })
})

test('bindings have the type of their key', () => {
  const env = requestKey<{ readonly NAME: string }>('env')
  expectTypeOf(worker(websockets(), { env }).fetch)
    .parameter(1)
    .toEqualTypeOf<{ readonly NAME: string }>()
})

test('an attachment has a type, and a socket begins with one', () => {
  compiled(() =>
    durableObject((state) => {
      const members = hibernatable<Member>({
        state,
        open: (socket) => expectTypeOf(socket).toEqualTypeOf<HibernatableSocket<Member>>(),
        message(socket) {
          expectTypeOf(socket.attachment).toEqualTypeOf<Member>()
          // @ts-expect-error it is no member
          socket.attachment = { nam: 'ann' }
          // @ts-expect-error a listener would be gone when it wakes
          socket.onMessage(() => {})
        },
      })
      // @ts-expect-error it begins with none
      members()
      // @ts-expect-error it is no member
      members({ nam: 'ann' })
      expectTypeOf(members.sockets()).toEqualTypeOf<readonly HibernatableSocket<Member>[]>()
      const nameless = hibernatable({ state })
      return websockets(
        bind('/members/:name', ({ params }) => members(params)),
        bind('/nameless', () => nameless()),
      )
    }),
  )
})

test('sockets sleep in Durable Objects alone', () => {
  compiled(() =>
    durableObject((state) => {
      const sleeper = hibernatable({ state })
      const app = poly(
        websockets(
          bind('/plain', () => (socket) => socket.send('hello')),
          bind('/sleeper', () =>
            accept(sleeper(), { protocol: 'a', limits: { maxMessageSize: 1 } }),
          ),
        ),
      )
      // @ts-expect-error a Worker is over before
      worker(app)
      // @ts-expect-error another engine has no objects
      serve(app, node())
      return app
    }),
  )
})

test('an object in memory is given what it uses of its state, and no more', () => {
  interface State extends DurableObjectState {
    readonly id: { readonly name: string }
    readonly storage: Map<string, string>
  }
  compiled(() => {
    const Room = durableObject((_: State) => websockets())
    testDurableObject(Room, { state: { id: { name: 'tea' } } })
    // @ts-expect-error a name is a text
    testDurableObject(Room, { state: { id: { name: 1 } } })
    // @ts-expect-error its sockets are its own
    testDurableObject(Room, { state: { getWebSockets: () => [] } })
  })
})
