import { describe, expect, test, vi } from 'vitest'
import { liftHandshake } from '../../src/filters/lift.ts'
import {
  type ReportOptions,
  reportTransaction,
  type Transaction,
} from '../../src/filters/report-transaction.ts'
import { Path } from '../../src/lens/path.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { HandshakeFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { echo } from './fixtures.ts'

interface Reported {
  readonly clock: VirtualClock
  readonly reports: Transaction[]
  readonly filter: HandshakeFilter
  connect(handler: WsHandler, path?: string): WsClient
}

function reporting(options: ReportOptions = {}): Reported {
  const clock = new VirtualClock()
  const reports: Transaction[] = []
  const filter = reportTransaction((report) => reports.push(report), { clock, ...options })
  const webSockets = { onError: () => {} }
  return {
    clock,
    reports,
    filter,
    connect: (handler, path = '/') => testWsClient(filter(handler), path, { webSockets }),
  }
}

describe('reportTransaction', () => {
  test('reports a connection once, when it has ended', async () => {
    const { clock, reports, connect } = reporting()
    const client = connect(() => accept(echo, { headers: { 'x-served-by': 'a' } }), '/rooms?a=b')
    clock.advance(20)
    client.send('héllo')
    client.send(new Uint8Array(10))
    clock.advance(30)
    expect(reports).toEqual([])
    client.close(WsStatus.GOING_AWAY)
    await client.closed
    expect(reports).toHaveLength(1)
    const [{ request, response, status, ...rest }] = reports as [Transaction]
    expect(rest).toEqual({
      duration: 50,
      received: { messages: 2, bytes: 16 },
      sent: { messages: 2, bytes: 16 },
      labels: {},
    })
    expect(request.url).toBe('http://localhost/rooms?a=b')
    expect(response.status).toBe(101)
    expect(response.headers.get('upgrade')).toBe('websocket')
    expect(response.headers.get('x-served-by')).toBe('a')
    expect(status?.code).toBe(1001)
  })

  test.each<[string, number, (client: WsClient) => void, WsHandler]>([
    ['the peer closes', 1000, (client) => client.close(), () => echo],
    ['the peer vanishes', 1006, (client) => client.terminate(), () => echo],
    ['this side closes', 1003, () => {}, () => (socket) => socket.close(WsStatus.REFUSE)],
    ['this side vanishes', 1006, () => {}, () => (socket) => socket.terminate()],
    ['the consumer rejects', 1011, () => {}, () => () => Promise.reject(new Error('no'))],
  ])('reports the true status when %s', async (_, code, act, handler) => {
    const { reports, connect } = reporting()
    const client = connect(handler)
    act(client)
    await client.closed
    expect(reports.map(({ status }) => status?.code)).toEqual([code])
  })

  test.each<[string, number, WsHandler]>([
    ['a refusal', 403, () => new Response('no', { status: 403 })],
    ['a late refusal', 403, async () => new Response('no', { status: 403 })],
    ['a failure', 500, () => Promise.reject(new Error('broken'))],
    ['a failure that cannot be looked at', 500, () => Promise.reject(unreadable())],
    [
      'a failing lens',
      400,
      (request) => {
        Path.string().required('room')(request)
        return echo
      },
    ],
    [
      'a lens that failed to write',
      500,
      () => {
        Path.int().required('room').create(0.5)
        return echo
      },
    ],
  ])('reports %s with its status over HTTP', async (_, code, handler) => {
    const { reports, connect } = reporting()
    await expect(connect(handler).opened).rejects.toMatchObject({ status: code })
    expect(reports).toMatchObject([
      { status: undefined, received: { messages: 0, bytes: 0 }, response: { status: code } },
    ])
  })

  test('reports nothing of what is left to the next route', async () => {
    const { reports, connect } = reporting()
    await expect(connect(() => undefined).opened).rejects.toMatchObject({ status: 404 })
    expect(reports).toEqual([])
  })

  test('labels with whatever is known in the end', async () => {
    const { reports, filter } = reporting({
      labels: ({ request, status }) => ({
        room: request.params.room ?? '',
        code: String(status?.code),
      }),
    })
    const app = websockets(bind('/rooms/:room', () => echo)).withHandshake(filter)
    const client = testWsClient(app, '/rooms/7')
    client.close()
    await client.closed
    expect(reports[0]?.labels).toEqual({ room: '7', code: '1000' })
  })

  test('counts a message once, however many listen, and none that nobody hears', async () => {
    const { reports, connect } = reporting()
    const twice = connect(() => (socket) => {
      for (let i = 0; i < 2; i++) socket.onMessage(() => {})
    })
    twice.send('abc')
    twice.close()
    const deaf = connect(() => () => {})
    deaf.send('abc')
    deaf.close()
    await Promise.all([twice.closed, deaf.closed])
    expect(reports.map(({ received }) => received)).toEqual([
      { messages: 1, bytes: 3 },
      { messages: 0, bytes: 0 },
    ])
  })

  test('reports pages, too, when it is lifted', async () => {
    const { reports, filter } = reporting()
    const app = liftHandshake(filter)(
      poly(
        routes(bind('/page', () => new Response('page', { headers: { 'x-a': 'b' } }))),
        websockets(bind('/ws', () => (socket) => socket.close())),
      ),
    )
    await app.http!(new Request('http://localhost/page'))
    await app.http!(new Request('http://localhost/nobody'))
    await testWsClient(app, '/ws').closed
    await testWsClient(app, '/nobody').closed
    expect(reports.map(({ response, status }) => [response.status, status?.code])).toEqual([
      [200, undefined],
      [404, undefined],
      [101, 1000],
      [404, undefined],
    ])
    expect(reports[0]?.response.headers.get('x-a')).toBe('b')
  })

  test('harms nobody when it fails', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = (): never => {
      throw new Error('broken')
    }
    for (const filter of [
      reportTransaction(broken),
      reportTransaction(async () => broken()),
      reportTransaction(() => {}, { labels: broken }),
    ]) {
      const refused = testWsClient(filter(() => new Response('no', { status: 418 })))
      await expect(refused.opened).rejects.toMatchObject({ status: 418 })
      const client = testWsClient(filter(() => echo))
      client.close()
      expect((await client.closed).code).toBe(1000)
    }
    expect(logged).toHaveBeenCalledTimes(6)
    logged.mockRestore()
  })
})

/** Even `instanceof` throws for it. */
function unreadable(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
