import { type IncomingMessage, ServerResponse } from 'node:http'
import express, { type RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { attach, connect, incomingMessage, node, upgrader } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { expectMessages, expectRefused, testWsClient } from '../../src/testing/index.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { HandshakeFilter } from '../../src/websocket/ws-handler.ts'
import { keptOf } from '../support/collect-garbage.ts'
import { BareServer } from '../support/http-server.ts'

/** Runs Express before the handlers. */
const behind =
  (middleware: RequestHandler): HandshakeFilter =>
  (next) =>
  async (request) => {
    const message = incomingMessage(request)
    if (message === undefined) return new Response('no message', { status: 500 })
    await new Promise<void>((resolve) => {
      const app = express().use(middleware, () => resolve())
      app(message, new ServerResponse(message))
    })
    return next(request)
  }

/** As middleware for sessions does, after a look at its store. */
const knowing: RequestHandler = (request, _response, next) => {
  setImmediate(() => {
    if (request.headers.cookie === 'session=1') Object.assign(request, { user: 'ann' })
    next()
  })
}

function userOf(request: UpgradeRequest): string | undefined {
  const { user }: IncomingMessage & { user?: string } = incomingMessage(request) ?? Object()
  return user
}

const cookie = { headers: { cookie: 'session=1' } }

test('handlers have the request that middleware has worked on, also by way of edited copies', async () => {
  const members = bind('/members/:id', (request) => {
    const user = userOf(request.withHeader('x-a', '1').withUrl('http://localhost/'))
    if (user === undefined) return new Response('who are you?', { status: 401 })
    return (socket) => socket.send(`welcome, ${user}`)
  })
  await using server = await BareServer.listen()
  attach(server.http, websockets(members).withHandshake(behind(knowing)))
  await using member = connect(`${server.url}/members/1`, cookie)
  await expectMessages(member, ['welcome, ann'])
  await expectRefused(connect(`${server.url}/members/1`), 401)
})

test('consumers and sessions have it when they begin, and not once they have waited', async () => {
  const app = websockets(
    bind('/socket', () => async (socket) => {
      const before = incomingMessage(socket.upgradeRequest)?.url
      await Promise.resolve()
      socket.send(`${before} ${incomingMessage(socket.upgradeRequest)?.url}`)
    }),
    webSocket('/session', async (session) => {
      const before = incomingMessage(session.call.request)?.url
      await session.send('hello')
      await session.send(`${before} ${incomingMessage(session.call.request)?.url}`)
    }),
  )
  const upgrades = upgrader(app)
  await using server = await BareServer.listen()
  server.http.on('upgrade', upgrades.handleUpgrade)
  await using socket = connect(`${server.url}/socket`)
  await expectMessages(socket, ['/socket undefined'])
  await using session = connect(`${server.url}/session`)
  await expectMessages(session, ['hello', '/session undefined'])
})

test('an open connection does not keep it', async () => {
  let message = new WeakRef<object>({})
  await using server = await BareServer.listen()
  attach(server.http, async (request) => {
    await new Promise(setImmediate)
    message = new WeakRef(incomingMessage(request) ?? {})
    return (socket) => socket.send('hello')
  })
  await using client = connect(server.url)
  await expectMessages(client, ['hello'])
  expect(await keptOf(message)).toBeUndefined()
})

test('of two attachments that decide about one upgrade, each has it until its own decision', async () => {
  await using server = await BareServer.listen()
  attach(server.http, async (request) => {
    await new Promise(setImmediate)
    const { url } = incomingMessage(request) ?? {}
    return (socket) => socket.send(`${url}`)
  })
  attach(server.http, () => undefined)
  await using client = connect(`${server.url}/a`)
  await expectMessages(client, ['/a'])
})

test('there is none on a server of node(), and none offline', async () => {
  const app = websockets(
    bind('/', (request) => (socket) => socket.send(`${incomingMessage(request)}`)),
  )
  await using server = await serve(app, node())
  await using plain = connect(server.url)
  await expectMessages(plain, ['undefined'])
  // Such a request is left to Node's parser.
  await using parsed = connect(server.url, { headers: { 'x-tab': 'a\tb' } })
  await expectMessages(parsed, ['undefined'])
  await expectMessages(testWsClient(app), ['undefined'])
})
