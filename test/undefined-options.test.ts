import { describe, expect, test } from 'vitest'
import { worker } from '../src/cloudflare/index.ts'
import {
  accept,
  bearer,
  catchAll,
  chaos,
  decorate,
  idleTimeout,
  maxLifetime,
  printTraffic,
  rateLimit,
  topic,
  topics,
  WebSocketExtensions,
  type WsConsumer,
  type WsHandler,
  webSocket,
  webSocketRaw,
} from '../src/index.ts'
import { CLIENT_OPTIONS, resolveOptions } from '../src/node/client/connect.ts'
import { HTTP_OPTIONS, httpSettings } from '../src/node/http/http-server.ts'
import { connect, node } from '../src/node/index.ts'
import { ownSettings } from '../src/serving/own-settings.ts'
import { stopPlan } from '../src/serving/stop-plan.ts'
import { WEB_SOCKETS } from '../src/serving/web-sockets.ts'
import { boundsOf, CHANNELS } from '../src/session/channel/channel-bounds.ts'
import {
  expectMessages,
  inMemory,
  testWebsocketFactory,
  testWsClient,
} from '../src/testing/index.ts'

/** Every option of this table is `undefined`. */
function noneOf(names: object): Record<string, undefined> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, undefined]))
}

/** Settings without their functions, which are made anew each time. */
function data(settings: unknown): unknown {
  return JSON.parse(JSON.stringify(settings))
}

const NO_WEB_SOCKETS = noneOf(WEB_SOCKETS)
const shout: WsHandler = () => (socket) =>
  socket.onMessage((message) => socket.send(message.text().toUpperCase()))

describe('an option that is undefined is as one that is left out', () => {
  test('in the settings of servers and clients', () => {
    expect(data(ownSettings(NO_WEB_SOCKETS, undefined))).toEqual(data(ownSettings({}, undefined)))
    expect(httpSettings(noneOf(HTTP_OPTIONS))).toEqual(httpSettings({}))
    expect(data(resolveOptions(noneOf(CLIENT_OPTIONS)))).toEqual(data(resolveOptions({})))
    const within = { inboundMark: { bytes: undefined, messages: undefined } }
    expect(data(ownSettings(within, undefined))).toEqual(data(ownSettings({}, undefined)))
    const bounds = { capacity: undefined, bytes: undefined, onOverflow: undefined }
    expect(boundsOf({ incoming: bounds, outgoing: undefined })).toEqual(boundsOf({}))
    expect(stopPlan({ drain: undefined, over: undefined, status: undefined })).toEqual(stopPlan({}))
    const none = { serverNoContextTakeover: undefined, level: undefined, compressIf: undefined }
    expect(data(WebSocketExtensions.perMessageDeflate(none).config)).toEqual(
      data(WebSocketExtensions.perMessageDeflate().config),
    )
  })

  test('of a server and a client that are on the wire', async () => {
    const where = { port: undefined, hostname: undefined, reusePort: undefined }
    const engine = node({ ...noneOf(HTTP_OPTIONS), ...where, webSockets: NO_WEB_SOCKETS })
    await using server = await engine.start({ ws: shout, http: undefined })
    const options = { ...noneOf(CLIENT_OPTIONS), mode: undefined, signal: undefined }
    await using client = connect(server.url.replace('http', 'ws'), options)
    client.send('hello')
    await expectMessages(client, ['HELLO'])
  })

  test('of topics', () => {
    const rooms = topics({ message: undefined, broker: undefined, onError: undefined })
    expect(rooms('tea').publish('hello', { except: undefined })).toBe(0)
    const history = { messages: undefined, bytes: undefined, age: undefined, clock: undefined }
    const news = topic({ message: undefined, history, onError: undefined })
    news.publish(() => 'hello')
    const client = testWsClient(
      () => (socket) => void news.subscribe(socket, { after: undefined, last: undefined }),
    )
    expect([...client.received()]).toEqual([])
  })

  test('of routes and of what is accepted', () => {
    const limits = { maxMessageSize: undefined, maxFrameSize: undefined }
    const handshake = { protocol: undefined, headers: undefined, limits, origin: undefined }
    const limit: WsConsumer = (socket) => socket.send(`${socket.link.limits?.maxMessageSize}`)
    const client = testWsClient(() => accept(limit, { ...handshake, mode: undefined }), '/')
    client.close()
    expect(Array.from(client.received(), (message) => message.text())).toEqual(['1048576'])
    const session = { ...handshake, channels: noneOf(CHANNELS), clock: undefined }
    webSocketRaw('/', session, () => {})
    const pings = { pingInterval: undefined, pongTimeout: undefined, controlFrames: undefined }
    webSocket('/', { ...session, ...pings, contentConverter: undefined }, () => {})
    worker(shout, { env: undefined, webSockets: undefined })
  })

  test('of filters', () => {
    const timed = { clock: undefined, status: undefined }
    const filtered = [
      catchAll({ status: undefined, onError: undefined }),
      chaos({ latency: undefined, jitter: undefined, dropRate: undefined, random: undefined }),
      idleTimeout(1_000, timed),
      maxLifetime(1_000, { ...timed, jitter: undefined, random: undefined }),
      rateLimit({ messages: { perSecond: 9, burst: undefined }, bytes: undefined, key: undefined }),
    ]
    const nothing = { upgradeRequest: undefined, send: undefined, message: undefined }
    const greet: WsConsumer = (socket) => decorate(socket, nothing).send('hello')
    const handler: WsHandler = () => filtered.reduce((next, filter) => filter(next), greet)
    bearer(() => undefined, { principal: undefined, realm: undefined, query: undefined })
    const printed = printTraffic(() => {}, { maxBody: undefined, secretHeaders: undefined })
    const client = testWsClient(printed(handler), '/')
    client.close()
    expect(Array.from(client.received(), (message) => message.text())).toEqual(['hello'])
  })

  test('where others stand behind it', async () => {
    const { connect } = testWebsocketFactory(
      ({ headers }) =>
        (socket) =>
          socket.send(headers.get('x-user') ?? 'nobody'),
      { headers: { 'x-user': 'ann' } },
    )
    await expectMessages(connect('/', { headers: undefined }), ['ann'])
    const backend = inMemory(() => shout, { webSockets: { onError: undefined } })
    const { connect: connectTo, reports } = await backend.start({ webSockets: NO_WEB_SOCKETS })
    expect(reports()).toEqual([])
    connectTo('/').close()
  })
})
