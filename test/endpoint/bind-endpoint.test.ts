import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { bindEndpoint } from '../../src/endpoint/bind-endpoint.ts'
import { connectTo } from '../../src/endpoint/connect-to.ts'
import { endpoint } from '../../src/endpoint/endpoint.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import { bind } from '../../src/routing/bind.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { expectRefused } from '../../src/testing/expect/expectations.ts'
import { testSessionClient } from '../../src/testing/offline/test-session-client.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'

const sums = endpoint('/sums/:start', {
  protocol: 'sums.v1',
  request: { start: Path.int().required('start'), step: Query.int().defaulted('step', 1) },
  fromClient: Message.json(z.object({ add: z.int() })),
  fromServer: Message.json(z.object({ sum: z.int() })),
})

const summing = bindEndpoint(sums, ({ start, step }) => (socket) => {
  let sum = start
  socket.onMessage(({ add }) => {
    sum += step * add
    socket.send({ sum })
  })
})

/** What the server sends to a client that adds 2 and 3. */
function sumsOf(app: WsRouter, base = ''): readonly { readonly sum: number }[] {
  const client = connectTo(sums, base, { start: 10, step: 2 }, (url, options) =>
    testWsClient(app, url, options),
  )
  client.send({ add: 2 })
  client.send({ add: 3 })
  expect(client.client.protocol).toBe('sums.v1')
  return [...client.received()]
}

const SUMS = [{ sum: 14 }, { sum: 20 }]

describe('a route of an endpoint', () => {
  test('has the values of the request and typed sockets', () => {
    expect(sumsOf(websockets(summing))).toEqual(SUMS)
  })

  test('goes below base paths, and behind filters', () => {
    const texts: string[] = []
    const handshakes: unknown[] = []
    const noting: WsFilter = (next) => (socket) =>
      next(
        decorate(socket, {
          message(message, deliver) {
            texts.push(message.text())
            deliver(message)
          },
        }),
      )
    const app = websockets(bind('/orgs/:org', websockets(summing)))
      .withFilter(noting)
      .withHandshake((next) => (request) => {
        handshakes.push(request.params)
        return next(request)
      })
    expect(sumsOf(app, 'http://localhost/orgs/7')).toEqual(SUMS)
    expect(handshakes).toEqual([{ org: '7', start: '10' }])
    expect(texts).toEqual(['{"add":2}', '{"add":3}'])
  })

  test('answers 400 to values that are wrong, before the handler is called', async () => {
    const app = websockets(summing)
    for (const [url, body] of [
      ['/sums/ten', "path 'start': expected an integer, got 'ten'"],
      ['/sums/1?step=x', "query 'step': expected an integer, got 'x'"],
    ] as const) {
      const client = testWsClient(app, url, { protocols: 'sums.v1' })
      expect(await expectRefused(client, 400)).toMatchObject({ body })
    }
  })

  test('leaves requests without its subprotocol to the next route', async () => {
    const app = websockets(
      summing,
      bind('/sums/:start', () => (socket) => socket.send('an older client')),
    )
    const client = testWsClient(app, '/sums/ten', { protocols: ['other', 'sums'] })
    expect([...client.received()].map((message) => message.text())).toEqual(['an older client'])
    await expectRefused(testWsClient(websockets(summing), '/sums/1'), 404)
  })

  test('may refuse, or leave the request to the next route, by its values', async () => {
    const app = websockets(
      bindEndpoint(sums, ({ start }) => {
        if (start === 0) return undefined
        if (start < 0) return Promise.resolve(new Response('no', { status: 403 }))
        return (socket) => socket.send({ sum: start })
      }),
    )
    const at = (start: number) =>
      connectTo(sums, '', { start }, (url, options) => testWsClient(app, url, options))
    await expectRefused(at(0).client, 404)
    await expectRefused(at(-1).client, 403)
    expect([...at(5).received()]).toEqual([{ sum: 5 }])
  })

  test('sends messages that are wrong to onError, and sends none itself', async () => {
    const errors: string[] = []
    const app = websockets(
      bindEndpoint(sums, () => (socket) => {
        socket.onError((error) => errors.push(error.message))
        socket.onMessage(({ add }) => socket.send({ sum: add / 2 }))
      }),
    )
    const client = connectTo(sums, '', { start: 1 }, (url, options) =>
      testWsClient(app, url, options),
    )
    client.client.send('{"add":"1"}')
    client.send({ add: 1 })
    client.send({ add: 2 })
    expect([...client.received()]).toEqual([{ sum: 1 }])
    expect(errors).toEqual([
      expect.stringMatching(/^message: expected json that its schema accepts/),
      expect.stringMatching(/^message: expected a value that its schema accepts/),
    ])
  })

  test('takes the options of accept', async () => {
    const large = endpoint('/', { fromClient: Message.text(), fromServer: Message.text() })
    const app = websockets(
      bindEndpoint(large, { limits: { maxMessageSize: 3 }, headers: { 'x-limit': '3' } }, () => {
        return (socket) => socket.onMessage((text) => socket.send(text))
      }),
    )
    await using client = testSessionClient(app)
    const session = await client.webSocketSession('ws://localhost/')
    expect(session.call.response.headers.get('x-limit')).toBe('3')
    await session.send('abc')
    await session.send('abcd')
    expect((await session.closeReason).code).toBe(1009)
  })
})

test('headers are values, too', async () => {
  const token = endpoint('/', {
    request: { token: Header.string().required('X-Token') },
    fromServer: Message.text(),
  })
  const app = websockets(bindEndpoint(token, (values) => (socket) => socket.send(values.token)))
  const client = connectTo(token, '', { token: 'secret' }, (url, options) =>
    testWsClient(app, url, options),
  )
  expect([...client.received()]).toEqual(['secret'])
})

test('what is wrong with a route is said when it is made', () => {
  const make =
    (...given: readonly unknown[]) =>
    (): unknown =>
      Reflect.apply(bindEndpoint, undefined, [sums, ...given])
  const handler = (): undefined => undefined
  expect(make()).toThrow('bindEndpoint needs a handler, the last argument')
  expect(make({})).toThrow('bindEndpoint needs a handler, the last argument')
  expect(make({ protocol: 'other' }, handler)).toThrow('bindEndpoint() has no option protocol')
  expect(make({ limits: { maxMessageSize: -1 } }, handler)).toThrow(RangeError)
  expect(make({ origin: 5 }, handler)).toThrow(TypeError)
})
