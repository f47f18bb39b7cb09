import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { json } from '../../src/format/json.ts'
import { attach } from '../../src/node/attach.ts'
import { node } from '../../src/node/engine.ts'
import { poly } from '../../src/routing/poly.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { clientWith, failureOf, serving, textOf } from '../support/session-client.ts'

/** What the tests of Ktor check over connections, by the names of those tests; see docs/ktor-tests.md for all of them. */

async function echo(session: WebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

/** A server of `node:http` with WebSockets attached, for the time of the test. */
async function attached(
  router: WsRouter,
): Promise<{ readonly http: Server; readonly url: string }> {
  const http = createServer()
  attach(http, router)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  return { http, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/` }
}

describe('WebSocketEngineSuite', () => {
  it('testConnectionWithContentType: an upgrade may have one', async () => {
    const url = await serving(websockets(webSocket('/', echo)))
    const headers = { 'Content-Type': 'application/json' }
    await clientWith().webSocket(url, { headers }, async (session) => {
      await session.send('a')
      expect(textOf(await session.incoming.receive())).toBe('a')
    })
  })

  it('testWebSocketSessionInheritsServerCoroutineContext: a session runs in what its filter set up', async () => {
    const context = new AsyncLocalStorage<string>()
    const within: WsFilter = (next) => (socket) => context.run('of the filter', () => next(socket))
    const route = webSocket('/', async (session) => {
      for await (const _ of session.incoming) await session.send(String(context.getStore()))
    })
    const url = await serving(websockets(route).withFilter(within))
    await clientWith().webSocket(url, async (session) => {
      for (let i = 0; i < 2; i++) {
        await session.send('?')
        expect(textOf(await session.incoming.receive())).toBe('of the filter')
      }
    })
  })

  it('testNonWebsocketRouteDoNotLeakOnWsRequest: two hundred refused upgrades leave nothing behind', async () => {
    const { http, url } = await attached(websockets(webSocket('/', echo)))
    const client = clientWith()
    for (let i = 0; i < 200; i++) {
      const refusal = await failureOf(client.webSocketSession(`${url}nowhere`))
      expect(refusal).toBeInstanceOf(WebSocketUpgradeException)
    }
    await expect
      .poll(() => new Promise((resolve) => http.getConnections((_, n) => resolve(n))))
      .toBe(0)
  })
})

describe('TestApplicationTest', () => {
  it('testCanPassCoroutineContextFromOutsideWithWS: a block runs in what its caller set up', async () => {
    const context = new AsyncLocalStorage<string>()
    const url = await serving(websockets(webSocket('/', echo)))
    const seen = await context.run('of the caller', () =>
      clientWith().webSocket(url, async (session) => {
        await session.send('?')
        await session.incoming.receive()
        return context.getStore()
      }),
    )
    expect(seen).toBe('of the caller')
  })
})

describe('WebSocketBackpressureTest', () => {
  const channels = { incoming: { capacity: 2, onOverflow: 'close' } } as const

  it.each([
    [
      'default',
      (handler: (session: WebSocketSession) => unknown) => webSocket('/', { channels }, handler),
    ],
    [
      'raw',
      (handler: (session: WebSocketSession) => unknown) => webSocketRaw('/', { channels }, handler),
    ],
  ])(
    'testSessionIncomingOverflow: what fits is received, then the exception, by a %s session',
    async (_, routeOf) => {
      const url = await serving(
        websockets(
          routeOf(async (session) => {
            await session.closed
            seen(await received(session))
          }),
        ),
      )
      let seen: (texts: readonly string[]) => void = () => {}
      const all = new Promise<readonly string[]>((resolve) => {
        seen = resolve
      })
      const session = await clientWith().webSocketSession(url)
      for (let i = 0; i < 10; i++) void session.send(String(i))
      expect((await session.closeReason).code).toBe(1013)
      expect(await all).toEqual(['0', '1', 'ChannelOverflowException'])
    },
  )
})

/** What a loop gets, and the name of what ends it. */
async function received(session: WebSocketSession): Promise<readonly string[]> {
  const texts: string[] = []
  try {
    for await (const frame of session.incoming) texts.push(textOf(frame))
  } catch (error) {
    texts.push((error as Error).name)
  }
  return texts
}

describe('the client’s WebSocketTest', () => {
  it('testHttpDuringWebSocketConnection, testHttpRequestAfterWebSocketClose: neither minds the other', async () => {
    const http = (): Response => new Response('hello')
    const server = await serve(poly({ http, ws: websockets(webSocket('/', echo)) }), node())
    onTestFinished(() => server.stop({ drain: 0 }))
    const hello = async (): Promise<string> => (await fetch(server.url)).text()
    await clientWith().webSocket(server.url, async (session) => {
      expect(await hello()).toBe('hello')
      await session.send('still here')
      expect(textOf(await session.incoming.receive())).toBe('still here')
    })
    expect(await hello()).toBe('hello')
  })
})

describe('JsonWebsocketsTest', () => {
  it('an object and null go both ways, and frames that are sent as such are not converted', async () => {
    const contentConverter = converterOf(json)
    const values = [{ name: 'ann', tags: [1, null] }, null]
    const url = await serving(
      websockets(
        webSocket('/', { contentConverter }, async (session) => {
          for (const _ of values) await session.sendSerialized(await session.receiveDeserialized())
          await session.send('"plain')
        }),
      ),
    )
    await clientWith({ contentConverter }).webSocket(url, async (session) => {
      for (const value of values) {
        await session.sendSerialized(value)
        expect(await session.receiveDeserialized()).toEqual(value)
      }
      expect(textOf(await session.incoming.receive())).toBe('"plain')
    })
  })
})
