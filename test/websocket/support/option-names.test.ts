import { describe, expect, test } from 'vitest'
import { bun } from '../../../src/bun/engine.ts'
import { durableObject } from '../../../src/cloudflare/durable-object.ts'
import { type HibernatableOptions, hibernatable } from '../../../src/cloudflare/hibernatable.ts'
import { worker } from '../../../src/cloudflare/worker.ts'
import { deno } from '../../../src/deno/engine.ts'
import { attach } from '../../../src/node/attach.ts'
import { connect, open, openSocket } from '../../../src/node/client/connect.ts'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { node } from '../../../src/node/engine.ts'
import { upgrader } from '../../../src/node/upgrader.ts'
import { webSocket, webSocketRaw } from '../../../src/routing/session-routes.ts'
import { stopPlan } from '../../../src/serving/stop-plan.ts'
import { pinger } from '../../../src/session/low-level/pinger.ts'
import { rawWebSocketOver } from '../../../src/session/low-level/raw-over-streams.ts'
import { WebSocketReader } from '../../../src/session/low-level/web-socket-reader.ts'
import { WebSocketWriter } from '../../../src/session/low-level/web-socket-writer.ts'
import { websocketOver } from '../../../src/session/low-level/websocket-over.ts'
import { testWebsocketFactory } from '../../../src/testing/offline/test-websocket-factory.ts'
import { testWsClient } from '../../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../../src/websocket/accept.ts'
import { checkNames } from '../../../src/websocket/support/option-names.ts'
import { rawRig } from '../../support/session-rig.ts'

/** As options come from JavaScript. */
function unchecked<O extends object>(options: object): O {
  return options as O
}

const app = () => () => {}
const URL = 'ws://127.0.0.1:9/'
const server = { on() {}, off() {} }
const streams = new TransformStream<Uint8Array, Uint8Array>()
const { readable, writable } = streams
const role = 'server'

test.each<[string, () => unknown, string]>([
  ['node', () => node(unchecked({ maxMessageSize: 5 })), 'it belongs in webSockets'],
  ['node', () => node(unchecked({ hostName: '::' })), 'there are tls, http2, handshakeTimeout, '],
  ['node', () => node({ webSockets: unchecked({ maxmessagesize: 5 }) }), 'there are highWater'],
  ['bun', () => bun(unchecked({ origin: 'any' })), 'it belongs in webSockets'],
  ['deno', () => deno(unchecked({ reusePort: true })), 'there are port, hostname, tls, '],
  ['worker', () => worker(app, unchecked({ origin: 'any' })), 'it belongs in webSockets'],
  ['worker', () => worker(app, { webSockets: unchecked({ origins: 'any' }) }), 'there are '],
  ['durableObject', () => durableObject(() => app, unchecked({ env: 0 })), 'there are webSockets'],
  [
    'hibernatable',
    () => hibernatable(unchecked<HibernatableOptions<unknown>>({ onMessage() {} })),
    'there are state, name, message',
  ],
  ['attach', () => attach(server, app, unchecked({ webSockets: {} })), 'there are highWaterMark, '],
  ['upgrader', () => upgrader(app, unchecked({ unMatched: 404 })), 'there are highWaterMark, '],
  ['connect', () => connect(URL, unchecked({ protocol: 'a' })), 'there are highWaterMark, '],
  ['the option proxy', () => connect(URL, { proxy: unchecked({ host: 'a' }) }), 'there are url, '],
  ['open', () => open(URL, unchecked({ rejectUnauthorized: false }), () => {}), 'there are '],
  [
    'SessionClient',
    () => new SessionClient(unchecked({ signal: null })),
    'there are highWaterMark',
  ],
  ['SessionClient', () => new SessionClient(unchecked({ capacity: 5 })), 'there are highWaterMark'],
  ['testWsClient', () => testWsClient(app, '/', unchecked({ timeout: 5 })), 'there are highWater'],
  ['testWsClient', () => testWsClient(app, '/', unchecked({ origin: 'any' })), 'in webSockets'],
  [
    'testWebsocketFactory',
    () => testWebsocketFactory(app, unchecked({ timeout: 5 })),
    'there are ',
  ],
  ['accept', () => accept(() => {}, unchecked({ maxFrameSize: 5 })), 'it belongs in limits'],
  ['accept', () => accept(() => {}, { limits: unchecked({ maxSize: 5 }) }), 'there are maxMessage'],
  ['webSocket', () => webSocket('/', unchecked({ mode: 'frames' }), app), 'there are protocol, '],
  ['webSocketRaw', () => webSocketRaw(unchecked({ pingInterval: 5 }), app), 'there are protocol, '],
  ['stop', () => stopPlan(unchecked({ timeout: 5 })), 'there are drain, over, status'],
  [
    'pinger',
    () => pinger(rawRig().session, unchecked({ interval: 5 })),
    'there are period, timeout, out, clock',
  ],
  ['WebSocketReader', () => new WebSocketReader(readable, unchecked({ mask: true })), 'there are '],
  [
    'WebSocketReader',
    () => new WebSocketReader(readable, unchecked({ capacity: 5 })),
    'in channel',
  ],
  [
    'rawWebSocketOver',
    () => rawWebSocketOver(streams, unchecked({ role, maxMessageSize: 5 })),
    'there are role, channels, ',
  ],
  [
    'websocketOver',
    () => websocketOver(rawRig().session, unchecked({ extensions: [] })),
    'there are highWaterMark, ',
  ],
  ['WebSocketWriter', () => new WebSocketWriter(writable, unchecked({ mask: true })), 'there are '],
])('%s refuses an option that it does not have: %s', (name, use, right) => {
  expect(use).toThrow(TypeError)
  expect(use).toThrow(/ has no option [\w.]+: /)
  expect(use).toThrow(name)
  expect(use).toThrow(right)
})

test.each<[string, (options: never) => unknown]>([
  ['node()', node],
  ['bun()', bun],
  ['upgrader()', (options) => upgrader(app, options)],
  ['accept()', (options) => accept(() => {}, options)],
  ['webSocket()', (options) => webSocket('/', options, app)],
  ['webSocket()', (options) => webSocket(options, app)],
  ['webSocketRaw()', (options) => webSocketRaw('/', options, app)],
  ['stop()', (options) => stopPlan(options)],
])('%s takes its options as an object', (name, use) => {
  const options = 9000
  expect(() => use(options as never)).toThrow(
    new TypeError(`${name} needs an object as options, not number`),
  )
})

test.each<[string, () => unknown]>([
  ['node() needs an object as webSockets', () => node(unchecked({ webSockets: 'any' }))],
  [
    'node() needs an object as webSockets.inboundMark',
    () => node({ webSockets: unchecked({ inboundMark: 5 }) }),
  ],
  ['the option proxy needs an object as options', () => connect(URL, unchecked({ proxy: 5 }))],
  ['accept() needs an object as limits', () => accept(() => {}, unchecked({ limits: 5 }))],
  [
    'webSocket() needs an object as channels.incoming',
    () => webSocket('/', { channels: unchecked({ incoming: 5 }) }, app),
  ],
  [
    'webSocket() needs true or false as controlFrames, not string',
    () => webSocket('/', unchecked({ controlFrames: 'yes' }), app),
  ],
  [
    'SessionClient needs true or false as controlFrames, not number',
    () => new SessionClient(unchecked({ controlFrames: 1 })),
  ],
  ['node() needs true or false as reusePort, not null', () => node(unchecked({ reusePort: null }))],
  [
    'bun() needs true or false as compression, not object',
    () => bun(unchecked({ compression: {} })),
  ],
])('%s', (problem, use) => {
  expect(use).toThrow(TypeError)
  expect(use).toThrow(problem)
})

test('openSocket rejects for an option that it does not have', async () => {
  await expect(openSocket(URL, unchecked({ proxies: [] }))).rejects.toThrow(
    'openSocket() has no option proxies: there are ',
  )
})

describe('a name', () => {
  const names = { a: 0, b: { c: { d: 0 } }, e: false }

  test('that is there may have any value', () => {
    expect(() => checkNames('it', { a: { x: 1 }, b: undefined }, names)).not.toThrow()
    expect(() => checkNames('it', { a: null, b: {} }, names)).not.toThrow()
    expect(() => checkNames('it', unchecked({ b: { c: { d: 1 } } }), names)).not.toThrow()
  })

  test('that is not there is told with the place where it was, and where it belongs', () => {
    const check = (options: object) => () => checkNames('it', unchecked(options), names)
    expect(check({ x: 1 })).toThrow('it has no option x: there are a, b, e')
    expect(check({ c: 1 })).toThrow('it has no option c: it belongs in b')
    expect(check({ b: { d: 1 } })).toThrow('it has no option b.d: it belongs in c')
    expect(check({ b: { c: { y: 1 } } })).toThrow('it has no option b.c.y: there are d')
    expect(check({ toString: 1 })).toThrow('it has no option toString: there are a, b, e')
  })

  test('of a switch may be set, unset, or undefined', () => {
    for (const e of [true, false, undefined]) {
      expect(() => checkNames('it', unchecked({ e }), names)).not.toThrow()
    }
  })

  test('of several options needs an object of them', () => {
    const check = (options: object) => () => checkNames('it', unchecked(options), names)
    expect(check({ b: 5 })).toThrow(new TypeError('it needs an object as b, not number'))
    expect(check({ b: null })).toThrow(new TypeError('it needs an object as b, not null'))
    expect(check({ b: [] })).toThrow(new TypeError('it needs an object as b, not an array'))
    expect(check([])).toThrow(new TypeError('it needs an object as options, not an array'))
    expect(check({ b: { c: 'd' } })).toThrow(new TypeError('it needs an object as b.c, not string'))
  })
})
