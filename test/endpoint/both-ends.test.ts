import { describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import {
  connect as connectPage,
  SessionClient as PageSessionClient,
} from '../../src/client/index.ts'
import { bindEndpoint } from '../../src/endpoint/bind-endpoint.ts'
import { connectTo, type EndpointRequestOptions, requestTo } from '../../src/endpoint/connect-to.ts'
import { endpoint } from '../../src/endpoint/endpoint.ts'
import { webSocketEndpoint } from '../../src/endpoint/web-socket-endpoint.ts'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { cbor } from '../../src/format/cbor.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import { connect, node, open, reconnecting, SessionClient } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

const parts = {
  request: { times: Query.int().defaulted('times', 1) },
  fromClient: Message.json(z.object({ say: z.string() })),
  fromServer: Message.format(cbor, z.object({ name: z.string(), said: z.string() })),
}
const bySocket = endpoint('/echo/:name', { ...parts, protocol: 'socket.echo' })
const bySession = endpoint('/echo/:name', { ...parts, protocol: 'session.echo' })
const told = endpoint('/told', {
  request: { token: Header.string().required('X-Token') },
  fromServer: Message.text(),
})

const app = websockets(
  bind(
    '/api',
    websockets(
      bindEndpoint(bySocket, ({ name, times }) => (socket) => {
        socket.onMessage(({ say }) => {
          for (let n = 0; n < times; n++) socket.send({ name, said: say })
        })
      }),
      webSocketEndpoint(bySession, async (session, { name, times }) => {
        for await (const { say } of session.incoming) {
          for (let n = 0; n < times; n++) await session.send({ name, said: say })
        }
      }),
      bindEndpoint(
        told,
        ({ token }) =>
          (socket) =>
            socket.send(token),
      ),
    ),
  ),
)
  .withFilter(rateLimit({ messages: { perSecond: 1_000, burst: 1_000 } }))
  .withFilter(idleTimeout(60_000))
  .withFilter((next) => (socket) => next(decorate(socket, {})))

/** A server, for the time of the test; where the endpoints are on it. */
async function served(): Promise<string> {
  const server = await serve(app, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  return `${server.url.replace('http', 'ws')}/api`
}

type Connect = (url: string, options: EndpointRequestOptions) => WsClient

const clients: readonly (readonly [string, () => Promise<string>, Connect])[] = [
  ['in memory', async () => '/api', (url, options) => testWsClient(app, url, options)],
  ['of Node', served, connect],
  ['of a page', served, connectPage],
  [
    'that reconnects',
    served,
    (url, options) => reconnecting(() => connect(url, { ...options, timeout: 5_000 })),
  ],
]

const NAMES = ['ann', 'a/b', '100%', '%2F', 'ünï ☃', 'a?b#c', '...', ':name']

usePlatformWebSocket()

describe.each(clients)('a client %s', (_, base, by) => {
  test.each([
    ['sockets', bySocket],
    ['sessions', bySession],
  ] as const)('exchanges values with %s', async (_, echo) => {
    const url = await base()
    for (const name of NAMES) {
      await using client = connectTo(echo, url, { name, times: 2 }, by)
      client.send({ say: 'hi' })
      const received = client.received()[Symbol.asyncIterator]()
      const answer = { name, said: 'hi' }
      expect((await received.next()).value).toEqual(answer)
      expect((await received.next()).value).toEqual(answer)
    }
  })
})

test.each([
  ['Node', SessionClient],
  ['a page', PageSessionClient],
])('a session of %s exchanges values', async (_, Client) => {
  const { url, options } = requestTo(bySession, await served(), { name: 'a/b' })
  await using client = new Client()
  await client.webSocket(url, options, async (plain) => {
    const session = typed(plain, bySession.clientSide)
    await session.send({ say: 'hi' })
    expect(await session.incoming.receive()).toEqual({ name: 'a/b', said: 'hi' })
  })
})

test('a socket that is opened exchanges values', async () => {
  const { url, options } = requestTo(bySocket, await served(), { name: 'ann' })
  const answer = await new Promise((resolve) => {
    open(url, options, (plain) => {
      const socket = typed(plain, bySocket.clientSide)
      socket.onMessage((value) => {
        resolve(value)
        socket.close()
      })
      socket.send({ say: 'hi' })
    })
  })
  expect(answer).toEqual({ name: 'ann', said: 'hi' })
})

test('headers are sent by Node, and refused by pages', async () => {
  const url = await served()
  await using client = connectTo(told, url, { token: 'secret' }, connect)
  for await (const token of client.received()) {
    expect(token).toBe('secret')
    break
  }
  expect(() => connectTo(told, url, { token: 'secret' }, connectPage)).toThrow(/no option headers/)
})
