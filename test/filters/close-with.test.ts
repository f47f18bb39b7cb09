import { expect, onTestFinished, test } from 'vitest'
import { open } from '../../src/client/index.ts'
import { catchAll } from '../../src/filters/catch-all.ts'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { maxLifetime } from '../../src/filters/max-lifetime.ts'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { node } from '../../src/node/index.ts'
import { compose } from '../../src/routing/compose.ts'
import { serve } from '../../src/serving/engine.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { Clock } from '../../src/websocket/support/clock.ts'
import type { WsFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'
import { filtered } from './fixtures.ts'

usePlatformWebSocket()

const status = WsStatus.NORMAL.description('that will do')

test.each<[string, (clock: Clock) => WsFilter, string]>([
  ['idleTimeout', (clock) => idleTimeout(1_000, { clock }), '4001 Idle'],
  ['maxLifetime', (clock) => maxLifetime(1_000, { clock }), '4012 Lifetime over'],
  ['maxLifetime', (clock) => maxLifetime(1_000, { clock, status }), '1000 that will do'],
  ['rateLimit', () => rateLimit({ messages: { perSecond: 1 } }), '4008 Rate limit exceeded'],
  [
    'catchAll',
    () => catchAll({ status: () => WsStatus.REFUSE.description('sorry') }),
    '4003 sorry',
  ],
])('%s closes the socket of a page with what a page can send', async (name, filter, expected) => {
  const clock = new VirtualClock()
  let heard = (): void => {}
  let ended = (_status: string): void => {}
  const hears = new Promise<void>((resolve) => {
    heard = resolve
  })
  const end = new Promise<string>((resolve) => {
    ended = resolve
  })
  const handler: WsHandler = () => (socket) => {
    socket.onClose(({ code, message }) => ended(`${code} ${message}`))
    for (const text of ['one', 'two']) socket.send(text)
  }
  const server = await serve(handler, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  const consumer = filter(clock)((socket) => {
    socket.onMessage(() => {
      heard()
      if (name === 'catchAll') throw new Error('no more, please')
    })
  })
  open(server.url.replace('http', 'ws'), { onError() {} }, consumer)
  await hears
  clock.advance(1_000)
  expect(await end).toBe(expected)
})

test.each<[string, (clock: Clock) => WsFilter]>([
  ['idleTimeout', (clock) => idleTimeout(1_000, { clock })],
  ['maxLifetime', (clock) => maxLifetime(1_000, { clock })],
])(
  '%s drops the connection, and the hook hears why, if a filter further out cannot close it',
  async (_, filter) => {
    const refusing: WsFilter = (next) => (socket) =>
      next(
        decorate(socket, {
          close() {
            throw new Error('never')
          },
        }),
      )
    const { client, clock, hook, closes } = filtered((own) => compose(refusing, filter(own)))
    expect(() => clock.advance(1_000)).not.toThrow()
    expect(await client.closed).toMatchObject({ code: 1006 })
    expect(closes).toEqual(['1006 Connection lost'])
    expect(hook).toMatchObject([{ message: 'never' }])
  },
)
