import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { requestTo } from '../../src/endpoint/connect-to.ts'
import { endpoint } from '../../src/endpoint/endpoint.ts'
import { webSocketEndpoint } from '../../src/endpoint/web-socket-endpoint.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import { bind } from '../../src/routing/bind.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import type { DefaultClientWebSocketSession } from '../../src/session/session.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { expectRefused } from '../../src/testing/expect/expectations.ts'
import { testSessionClient } from '../../src/testing/offline/test-session-client.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { decorate } from '../../src/websocket/decorate.ts'

const echo = endpoint('/echo/:name', {
  protocol: 'echo.v1',
  request: { times: Query.int().defaulted('times', 1) },
  fromClient: Message.json(z.object({ say: z.string() })),
  fromServer: Message.text(),
})

const echoing = webSocketEndpoint(echo, async (session, { name, times }) => {
  for await (const { say } of session.incoming) {
    for (let n = 0; n < times; n++) await session.send(`${name}: ${say}`)
  }
})

function inSession<T>(
  app: WsRouter,
  values: { readonly name: string; readonly times?: number },
  block: (session: DefaultClientWebSocketSession) => Promise<T>,
): Promise<T> {
  const { url, options } = requestTo(echo, 'ws://localhost', values)
  return testSessionClient(app).webSocket(url, options, block)
}

describe('a route of sessions of an endpoint', () => {
  test('has the values of the request and typed sessions', async () => {
    await inSession(websockets(echoing), { name: 'a/b', times: 2 }, async (session) => {
      const peer = typed(session, echo.clientSide)
      await peer.send({ say: 'hi' })
      const said = [await peer.incoming.receive(), await peer.incoming.receive()]
      expect(said).toEqual(['a/b: hi', 'a/b: hi'])
    })
  })

  test('answers 400 in the handshake, not 1011 after it', async () => {
    const client = testWsClient(websockets(echoing), '/echo/a?times=x', { protocols: 'echo.v1' })
    const { body } = await expectRefused(client, 400)
    expect(body).toBe("query 'times': expected an integer, got 'x'")
  })

  test('leaves requests without its subprotocol to the next route', async () => {
    await expectRefused(testWsClient(websockets(echoing), '/echo/a?times=x'), 404)
  })

  test('ends the loop with a failure for a message that is wrong', async () => {
    let failure: unknown
    const app = websockets(
      webSocketEndpoint(echo, async ({ incoming }) => {
        failure = await incoming.receive().catch((thrown: unknown) => thrown)
      }),
    )
    await inSession(app, { name: 'a' }, async (session) => {
      await session.send('{}')
      expect(await session.closeReason).toMatchObject({ code: 1000 })
    })
    expect(failure).toBeInstanceOf(LensFailure)
  })

  test('takes the options of a session, and gives its call', async () => {
    const app = websockets(
      bind(
        '/base/:outer',
        websockets(
          webSocketEndpoint(echo, { closeTimeout: 7, headers: { 'x-a': 'b' } }, async (typed) => {
            const { call } = typed.session
            await typed.send(`${call.parameters.name} ${call.request.path}`)
          }),
        ),
      ),
    ).withFilter((next) => (socket) => next(decorate(socket, {})))
    const { url, options } = requestTo(echo, 'ws://localhost/base/1', { name: 'ann' })
    await testSessionClient(app).webSocket(url, options, async (session) => {
      expect(session.call.response.headers.get('x-a')).toBe('b')
      expect(await typed(session, echo.clientSide).incoming.receive()).toBe('ann /base/1/echo/ann')
    })
  })
})

test('what is wrong with a route is said when it is made', () => {
  const make =
    (...given: readonly unknown[]) =>
    (): unknown =>
      Reflect.apply(webSocketEndpoint, undefined, [echo, ...given])
  const handler = (): undefined => undefined
  expect(make()).toThrow('webSocketEndpoint needs a handler, the last argument')
  expect(make({ protocol: 'other' }, handler)).toThrow('webSocketEndpoint() has no option protocol')
  expect(make({ controlFrames: true }, handler)).toThrow('has no option controlFrames')
  expect(make({ pingInterval: -1 }, handler)).toThrow(RangeError)
})
