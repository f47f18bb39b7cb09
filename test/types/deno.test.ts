import { expectTypeOf, test } from 'vitest'
import { type DenoLacks, type DenoSocket, deno } from '../../src/deno/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { type Engine, serve } from '../../src/serving/engine.ts'
import type { Capable } from '../../src/websocket/capable.ts'

// Nothing here is to be served: what is asserted is what compiles.
function compiled(_: () => unknown): void {}

test('what Deno lacks is in the type of its engine', () => {
  expectTypeOf(deno()).toEqualTypeOf<Engine<DenoSocket, DenoLacks>>()
  compiled(() => {
    serve(websockets(webSocket('/', async (session) => session.send('hello'))), deno())
    serve(websockets(bind('/', () => (socket: Capable<'bufferedAmount'>) => socket)), deno())
    // @ts-expect-error it has no frames
    serve(websockets(webSocketRaw('/', () => {})), deno())
    // @ts-expect-error it has no pings
    serve(websockets(bind('/', () => (socket: Capable<'ping'>) => socket.link.ping())), deno())
    // @ts-expect-error it cannot pause
    serve(websockets(bind('/', () => (socket: Capable<'pause'>) => socket.link.pause())), deno())
    // @ts-expect-error it has no ping timer
    deno({ webSockets: { pingInterval: 30_000 } })
    // @ts-expect-error nor extensions of one's own
    deno({ webSockets: { extensions: [] } })
  })
})
