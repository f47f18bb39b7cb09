import { describe, expect, test } from 'vitest'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import { webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { type FetchEngine, fetchSettings } from '../../src/serving/fetch-engine.ts'
import {
  type FetchUpgrades,
  fetchUpgrades,
  type TakenUpgrade,
} from '../../src/serving/fetch-upgrade.ts'
import { listeningServer } from '../../src/serving/listening-server.ts'
import { stopPlan } from '../../src/serving/stop-plan.ts'
import type { WebSockets } from '../../src/serving/web-sockets.ts'
import { accept } from '../../src/websocket/accept.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import { type Server, serverKey } from '../../src/websocket/server.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { FakeTransport } from '../support/message-rig.ts'
import { KEY } from '../support/raw-client.ts'

const engine: FetchEngine = {
  name: 'fake',
  lacks: ['frames', 'frameLimits', 'bufferedAmount', 'pings'],
  largestMessage: 1_048_576,
}

interface Rig extends FetchUpgrades {
  readonly reports: Error[]
  /** A response, or what is to be taken. */
  ask(headers?: Record<string, string>): Promise<Response | TakenUpgrade>
}

function rig(
  app: PolyHandler<FrameSocket>,
  options: WebSockets = {},
  own = engine,
  server?: () => Server,
): Rig {
  const reports: Error[] = []
  const webSockets = { onError: (error: Error) => reports.push(error), ...options }
  const upgrades = fetchUpgrades(app, fetchSettings(webSockets, own), server)
  return {
    ...upgrades,
    reports,
    async ask(headers = handshake) {
      return upgrades.answer(
        requestOf(new Request('http://host/chat', { headers })),
        (upgrade) => upgrade,
      )
    },
  }
}

const handshake = {
  host: 'host',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': KEY,
  'sec-websocket-version': '13',
}

const only = (ws: WsHandler<FrameSocket>): PolyHandler<FrameSocket> => ({ http: undefined, ws })

function raise(error: Error): never {
  throw error
}

/** Status and first line of a response. */
async function shown(answer: Response | TakenUpgrade): Promise<string> {
  if (!(answer instanceof Response)) return 'taken'
  return `${answer.status} ${await answer.text()}`.trimEnd()
}

describe('a request of a fetch-style runtime', () => {
  test('for an upgrade is taken with its subprotocol and headers, and opens a socket', async () => {
    const seen: Websocket[] = []
    const { ask, sockets } = rig(
      only(() =>
        accept((socket) => seen.push(socket), { protocol: 'chat', headers: { 'X-Own': 'yes' } }),
      ),
    )
    const taken = await ask({ ...handshake, 'sec-websocket-protocol': 'chat' })
    if (taken instanceof Response) throw new Error(await shown(taken))
    expect([taken.accepted.protocol, ...taken.headers]).toEqual([
      'chat',
      ['sec-websocket-protocol', 'chat'],
      ['x-own', 'yes'],
    ])
    expect(sockets.size).toBe(0)
    const core = taken.open(new FakeTransport())
    expect([seen.length, sockets.size]).toEqual([1, 1])
    expect(seen[0]?.upgradeRequest.get(serverKey)).toBeUndefined()
    core.ended(1000, '', true)
    expect(sockets.size).toBe(0)
  })

  test('for an upgrade knows its server, whichever half takes it', async () => {
    const server = listeningServer({ port: 9, hostname: 'host', secure: false }, async () => {})
    const seen: unknown[] = []
    const consumer = (socket: Websocket): unknown => seen.push(socket.upgradeRequest.get(serverKey))
    const bySocket = only((request) => {
      seen.push(request.get(serverKey))
      return consumer
    })
    const byHttp: PolyHandler<FrameSocket> = {
      ws: undefined,
      http: () => new WebSocketUpgrade(accept(consumer)),
    }
    for (const app of [bySocket, byHttp]) {
      const taken = await rig(app, {}, engine, () => server).ask()
      if (taken instanceof Response) throw new Error(await taken.text())
      taken.open(new FakeTransport())
    }
    expect(seen).toEqual([server, server, server])
  })

  test('that the runtime has checked itself need not show all headers', async () => {
    const assumed = { ...handshake, 'sec-websocket-key': KEY }
    const { ask } = rig(
      only(() => () => {}),
      {},
      { ...engine, assumed },
    )
    expect(await shown(await ask({ upgrade: 'websocket' }))).toBe('taken')
    const strict = rig(only(() => () => {}))
    expect(await shown(await strict.ask({ upgrade: 'websocket' }))).toMatch(/^426 .*Connection/)
  })

  test.each([
    [
      'no route',
      only(() => undefined),
      '404 no WebSocket here, or none for the subprotocols that are offered',
    ],
    ['a refusal', only(() => new Response('no', { status: 403 })), '403 no'],
    ['a later one', only(async () => new Response('no', { status: 403 })), '403 no'],
  ])('for an upgrade with %s is answered', async (_, app, expected) => {
    expect(await shown(await rig(app).ask())).toBe(expected)
  })

  test('without an upgrade goes to the other half', async () => {
    const http = (): Response => new Response('page')
    expect(await shown(await rig({ http, ws: undefined }).ask({}))).toBe('200 page')
    expect(await shown(await rig(only(() => () => {})).ask({}))).toMatch(/^426 /)
    const upgrades = (): WebSocketUpgrade => new WebSocketUpgrade(accept(() => {}))
    expect(await shown(await rig({ http: upgrades, ws: undefined }).ask({}))).toMatch(/^426 /)
    const { ask, reports } = rig({
      http: () => Promise.reject(new Error('no page')),
      ws: undefined,
    })
    expect(await shown(await ask({}))).toBe('500 the handler failed')
    expect(reports).toEqual([new Error('no page')])
  })

  test.each([
    ['throws', () => raise(new Error('not now'))],
    ['rejects', () => Promise.reject(new Error('not now'))],
  ])('is a 500, and told, when the runtime %s', async (_, take) => {
    for (const ws of [() => () => {}, async () => () => {}]) {
      const { answer, reports } = rig(only(ws))
      const request = requestOf(new Request('http://host/chat', { headers: handshake }))
      const response: Response = await answer(request, take)
      expect(await shown(response)).toBe('500 the handler failed')
      expect(reports).toEqual([new Error('not now')])
    }
  })

  test('while the server stops is told to come again', async () => {
    const http = (): Response => new Response('page')
    const { ask, sockets } = rig({ http, ws: () => () => {} })
    await sockets.stop(stopPlan({}))
    expect(await shown(await ask())).toBe('503 the server is going down')
    expect(await shown(await ask({}))).toBe('503 the server is going down')
  })

  test('is told the same when the server has stopped before the application answered', async () => {
    const { ask, sockets } = rig(only(async () => () => {}))
    const answer = ask()
    await sockets.stop(stopPlan({}))
    expect(await shown(await answer)).toBe('503 the server is going down')
  })
})

describe('what the engine lacks', () => {
  test.each([
    ['raw sessions', websockets(webSocketRaw('/chat', () => {})), 'fake has no frames'],
    [
      'limits of frames',
      () => accept(() => {}, { limits: { maxFrameSize: 1 } }),
      'fake has no frameLimits',
    ],
    [
      'bounds of what waits',
      () => accept(() => {}, { limits: { maxBufferedAmount: 1 } }),
      'fake has no bufferedAmount',
    ],
    [
      'messages larger than it reads',
      () => accept(() => {}, { limits: { maxMessageSize: 2_000_000 } }),
      'fake reads no message of more than 1048576 bytes',
    ],
  ] as const)('is refused with its name: %s', async (_, ws, message) => {
    const { ask, reports } = rig(only(ws))
    expect(await shown(await ask())).toBe('500 the handler failed')
    expect(reports).toEqual([expect.any(NotSupportedException)])
    expect(reports[0]?.message).toContain(message)
  })

  test('can be more, where the runtime reads more', async () => {
    const ws = only(() => accept(() => {}, { limits: { maxMessageSize: 2_000_000 } }))
    const { ask } = rig(ws, {}, { ...engine, largestMessage: 2_000_000 })
    expect(await shown(await ask())).toBe('taken')
  })

  test('cannot be more, where the runtime reads no more than the server wants', async () => {
    const ws = only(() => accept(() => {}, { limits: { maxMessageSize: 2_000_000 } }))
    const { ask, reports } = rig(
      ws,
      {},
      { ...engine, largestMessage: 2_000_000, reads: 'maxMessageSize' },
    )
    expect(await shown(await ask())).toBe('500 the handler failed')
    expect(reports[0]?.message).toContain('fake reads no message of more than 1048576 bytes')
  })

  test('is no size that the runtime cannot read', () => {
    const only100 = { ...engine, largestMessage: 100 }
    expect(() =>
      rig(
        only(() => undefined),
        { maxMessageSize: 101 },
        only100,
      ),
    ).toThrow(
      new RangeError('the option maxMessageSize is 101: fake reads at most 100 bytes of a message'),
    )
    expect(() =>
      rig(
        only(() => undefined),
        { maxMessageSize: 100 },
        only100,
      ),
    ).not.toThrow()
  })

  test.each([
    ['pingInterval', 1_000, 'pings'],
    ['slowConsumer', 'drop', 'bufferedAmount'],
    ['maxFrameSize', 1, 'frameLimits'],
  ])('is no option: %s', (option, value, capability) => {
    expect(() =>
      rig(
        only(() => undefined),
        { [option]: value },
      ),
    ).toThrow(
      new NotSupportedException(`fake has no ${capability}: leave out the option ${option}`),
    )
  })
})
