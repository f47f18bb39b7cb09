import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bearer } from '../../src/filters/bearer.ts'
import { catchAll } from '../../src/filters/catch-all.ts'
import { chaos } from '../../src/filters/chaos.ts'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { liftHandshake, liftWs } from '../../src/filters/lift.ts'
import { maxLifetime } from '../../src/filters/max-lifetime.ts'
import { originPolicy } from '../../src/filters/origin-policy.ts'
import { printTraffic } from '../../src/filters/print-traffic.ts'
import { type OnLimit, rateLimit } from '../../src/filters/rate-limit.ts'
import { record } from '../../src/filters/record.ts'
import { reportTransaction, type Transaction } from '../../src/filters/report-transaction.ts'
import { setSubprotocol } from '../../src/filters/set-subprotocol.ts'
import type { TrafficEntry } from '../../src/filters/traffic-entry.ts'
import { Query } from '../../src/lens/query.ts'
import { bind } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { poly } from '../../src/routing/poly.ts'
import type { PolyFilter, PolyHandler } from '../../src/routing/poly-handler.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { settled, shown, taken } from './fixtures.ts'

const user = requestKey<string>('user')
const CAUGHT = WsStatus.REFUSE.description('Caught')
const page = Query.int().required('page')
const BYE = WsStatus.GOING_AWAY.description('Bye')

/** What happened to a consumer, in order; and what each of the filters has seen. */
interface World {
  readonly clock: VirtualClock
  readonly heard: string[]
  readonly hook: Error[]
  readonly caught: Error[]
  readonly reports: Transaction[]
  readonly entries: TrafficEntry[]
  readonly lines: string[]
  readonly filters: Readonly<Record<string, PolyFilter>>
}

/** When filters close sockets themselves; by default they do not. */
interface Limits {
  readonly idle?: number
  readonly lifetime?: number
  readonly onLimit?: OnLimit
}

function world({ idle = 10_000, lifetime = 1_000_000, onLimit = 'delay' }: Limits = {}): World {
  const clock = new VirtualClock()
  const caught: Error[] = []
  const reports: Transaction[] = []
  const entries: TrafficEntry[] = []
  const lines: string[] = []
  let seed = 7
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  return {
    clock,
    heard: [],
    hook: [],
    caught,
    reports,
    entries,
    lines,
    filters: {
      catchAll: liftWs(catchAll({ status: CAUGHT, onError: (error) => caught.push(error) })),
      chaos: liftWs(chaos({ clock, latency: 5, jitter: 10, random })),
      idleTimeout: liftWs(idleTimeout(idle, { clock })),
      maxLifetime: liftWs(maxLifetime(lifetime, { clock, jitter: 1_000, random })),
      rateLimit: liftWs(
        rateLimit({
          clock,
          messages: { perSecond: 100, burst: 2 },
          bytes: { perSecond: 10_000, burst: 10 },
          onLimit,
          key: (request) => request.path,
        }),
      ),
      record: liftWs(record((entry) => entries.push(entry), { clock })),
      bearer: liftHandshake(bearer(async (token) => token, { principal: user })),
      connectionLimit: liftHandshake(connectionLimit({ total: 1 })),
      originPolicy: liftHandshake(originPolicy(['https://a.example'])),
      printTraffic: liftHandshake(printTraffic((line) => lines.push(line))),
      reportTransaction: liftHandshake(reportTransaction((it) => reports.push(it), { clock })),
      setSubprotocol: liftHandshake(setSubprotocol(['chat'])),
    },
  }
}

const names = Object.keys(world().filters)
const everyOrder = fc.shuffledSubarray(names, { minLength: names.length })

function application(
  { heard, filters }: World,
  order: readonly string[],
): PolyHandler<FrameSocket> {
  const filter: PolyFilter = compose(...order.map((name) => filters[name]!))
  return filter<FrameSocket>(
    poly(
      websockets(
        bind('/echo', (request) => (socket) => {
          heard.push(`${request.get(user)}, ${socket.upgradeRequest.get(user)}, ${socket.protocol}`)
          socket.onClose((status) =>
            heard.push(`closed ${status.code} ${status.message}`.trimEnd()),
          )
          socket.onMessage(async (message) => {
            const text = shown(message)
            heard.push(String(text))
            if (text === 'throw') throw new Error('thrown')
            if (text === 'close') socket.close(BYE)
            else socket.send(message)
          })
        }),
        bind('/refuses', () => new Response('no', { status: 418 })),
        bind('/lens', (request) => {
          page(request)
          return () => {}
        }),
        bind('/fails', () => Promise.reject(new Error('handler'))),
        webSocket('/session', async (session) => {
          for await (const frame of session.incoming) {
            heard.push(String(frame))
            await session.send(frame)
          }
          heard.push(`closed ${(await session.closed).reason.code}`)
        }),
        bind('/frames', () =>
          accept(
            (socket) => {
              socket.onClose((status) => heard.push(`closed ${status.code}`))
              socket.frames.onFrame((frame) => {
                if (frame.type === 'close') socket.close(frame.readReason())
                else socket.frames.send(frame)
              })
            },
            { mode: 'frames' },
          ),
        ),
      ),
    ),
  )
}

async function connect(
  { clock, hook }: World,
  app: PolyHandler<FrameSocket>,
  path: string,
): Promise<WsClient> {
  const client = testWsClient(app, path, {
    clock,
    protocols: 'chat',
    headers: { authorization: 'Bearer ann', origin: 'https://a.example' },
    webSockets: { onError: (error) => hook.push(error) },
  })
  await client.opened
  return client
}

/** Lets time pass until everything that is on its way has arrived. */
async function arrive({ clock }: World): Promise<void> {
  for (let i = 0; i < 40; i++) {
    clock.advance(20)
    await settled()
  }
}

const message = fc.oneof(
  fc.constantFrom('a', 'bc', 'déf'),
  fc.uint8Array({ minLength: 1, maxLength: 5 }),
)

type End = 'client closes' | 'client vanishes' | 'server closes' | 'listener throws'

const ends: Readonly<Record<End, { act(client: WsClient): void; readonly status: string }>> = {
  'client closes': { act: (client) => client.close(BYE), status: '1001 Bye' },
  'client vanishes': { act: (client) => client.terminate(), status: '1006 Connection lost' },
  'server closes': { act: (client) => client.send('close'), status: '1001 Bye' },
  'listener throws': { act: (client) => client.send('throw'), status: '1003 Caught' },
}

describe('filters, in every order,', () => {
  test('lose no message, no error and no close status, and leave no timer', async () => {
    await fc.assert(
      fc.asyncProperty(
        everyOrder,
        fc.array(message, { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom(...(Object.keys(ends) as End[])),
        async (order, messages, waits, end) => {
          const all = world()
          const app = application(all, order)
          const client = await connect(all, app, '/echo')
          for (const content of messages) client.send(content)
          const sent = messages.map((content) => String(content))
          if (waits) {
            await arrive(all)
            expect(taken(client).map(String)).toEqual(sent)
          }
          ends[end].act(client)
          await arrive(all)

          const byMessage = { 'server closes': ['close'], 'listener throws': ['throw'] }
          const last = end in byMessage ? byMessage[end as keyof typeof byMessage] : []
          expect(all.heard).toEqual([
            'ann, ann, chat',
            ...sent,
            ...last,
            `closed ${ends[end].status}`,
          ])
          const code = Number(ends[end].status.slice(0, 4))
          expect((await client.closed).code).toBe(code)
          expect(all.caught.map(String)).toEqual(end === 'listener throws' ? ['Error: thrown'] : [])
          expect(all.hook).toEqual([])
          expect(all.reports).toMatchObject([
            { status: { code }, received: { messages: sent.length + last.length } },
          ])
          expect(all.entries.at(-1)).toMatchObject({ kind: 'close', code })
          const received = all.entries.filter(
            (entry) => entry.kind === 'message' && entry.direction === 'in',
          )
          expect(received).toHaveLength(sent.length + last.length)
          expect(all.lines.at(-1)).toContain(`: ${ends[end].status}`)
          expect(all.clock.pending).toBe(0)

          const again = await connect(all, app, '/echo')
          again.terminate()
          await again.closed
          expect(all.clock.pending).toBe(0)
        },
      ),
      { numRuns: 100 },
    )
  })

  test.each<[string, Limits, string]>([
    ['idle', { idle: 1_000 }, '1001 Idle'],
    ['lifetime', { lifetime: 2_000 }, '1012 Lifetime over'],
    ['rate', { onLimit: 'close' }, '1008 Rate limit exceeded'],
  ])('tell everybody of the close that a limit of %s began', async (_, limits, status) => {
    await fc.assert(
      fc.asyncProperty(everyOrder, async (order) => {
        const all = world(limits)
        const client = await connect(all, application(all, order), '/echo')
        const end = await client.opened
        for (const text of ['a', 'b', 'c']) end.send(text)
        for (let i = 0; i < 4; i++) await arrive(all)

        const code = Number(status.slice(0, 4))
        const heard = limits.onLimit === 'close' ? ['a', 'b'] : ['a', 'b', 'c']
        expect(all.heard).toEqual(['ann, ann, chat', ...heard, `closed ${status}`])
        expect(String(await client.closed)).toBe(String(all.reports[0]?.status))
        expect(all.reports).toMatchObject([{ status: { code } }])
        expect(all.entries.at(-1)).toMatchObject({ kind: 'close', direction: 'out', code })
        expect(all.lines.at(-1)).toBe(`#1 closed by this side: ${status}`)
        expect([all.hook, all.caught]).toEqual([[], []])
        expect(all.clock.pending).toBe(0)
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    ['/refuses', 418, []],
    ['/lens', 400, []],
    ['/fails', 500, ['Error: handler']],
  ])('answer what %s does with %i, and take no place for it', async (path, status, errors) => {
    await fc.assert(
      fc.asyncProperty(everyOrder, async (order) => {
        const all = world()
        const app = application(all, order)
        await expect(connect(all, app, path)).rejects.toMatchObject({ status })
        expect(all.reports).toMatchObject([{ response: { status }, status: undefined }])
        expect(all.lines.slice(1)).toEqual([`#1 ${status}`])
        expect(all.hook.map(String)).toEqual(errors)
        expect([all.entries, all.caught, all.heard]).toEqual([[], [], []])

        const client = await connect(all, app, '/echo')
        client.terminate()
        await client.closed
        expect(all.clock.pending).toBe(0)
      }),
      { numRuns: 15 },
    )
  })

  test('serve default sessions, with pings and close records', async () => {
    await fc.assert(
      fc.asyncProperty(everyOrder, async (order) => {
        const all = world()
        const client = await connect(all, application(all, order), '/session')
        for (const text of ['a', 'b', 'c']) client.send(text)
        await arrive(all)
        expect(taken(client)).toEqual(['a', 'b', 'c'])
        client.close(BYE)
        await arrive(all)
        expect(all.heard).toHaveLength(4)
        expect(all.heard.at(-1)).toBe('closed 1001')
        expect(all.reports).toMatchObject([
          { status: { code: 1001 }, received: { messages: 3 }, sent: { messages: 3 } },
        ])
        expect([all.hook, all.caught]).toEqual([[], []])
        expect(all.clock.pending).toBe(0)
      }),
      { numRuns: 15 },
    )
  })

  test('serve sockets of frames', async () => {
    await fc.assert(
      fc.asyncProperty(everyOrder, async (order) => {
        const all = world()
        const client = await connect(all, application(all, order), '/frames')
        const end = await client.opened
        for (const text of ['a', 'b', 'c']) client.send(text)
        await arrive(all)
        expect(taken(client)).toEqual(['a', 'b', 'c'])
        end.close(BYE)
        await arrive(all)
        expect((await client.closed).code).toBe(1001)
        expect(all.heard).toEqual(['closed 1001'])
        expect([all.hook, all.caught]).toEqual([[], []])
        expect(all.clock.pending).toBe(0)
      }),
      { numRuns: 15 },
    )
  })
})
