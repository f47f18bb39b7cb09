import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connect, openSocket } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { RawClient } from '../../support/raw-client.ts'

const YEAR = 365 * 24 * 3_600_000
const begin = Date.now()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const JUMPS: readonly (readonly [string, number])[] = [
  ['ahead', 10 * YEAR],
  ['back', -10 * YEAR],
]

/** Resolves once so many more Pings were answered. */
function pongs({ link }: Websocket, count: number): Promise<void> {
  return new Promise((resolve) => {
    const remove = link.onControl?.((frame) => {
      if (frame.type !== 'pong' || --count > 0) return
      remove?.()
      resolve()
    })
  })
}

describe.each(JUMPS)('a system clock that jumps %s', (_, jump) => {
  const leap = (): unknown => vi.setSystemTime(begin + jump)

  test('neither hurries nor delays pings, and ends no connection', async () => {
    const webSockets = { pingInterval: 20, pongTimeout: 2_000 }
    await using server = await serve(
      () => (socket) => socket.onMessage((message) => socket.send(message)),
      node({ webSockets }),
    )
    const { socket } = await openSocket(server.url, { pingInterval: 20, pongTimeout: 2_000 })
    await pongs(socket, 2)
    leap()
    expect(new Date().getFullYear()).toBe(new Date(begin + jump).getFullYear())
    const start = performance.now()
    await pongs(socket, 5)
    // The first of them may be on its way by now, and timers may be early by a millisecond.
    expect(performance.now() - start).toBeGreaterThan(3 * 20 - 4)
    socket.send('still there')
    expect(await new Promise((resolve) => socket.onMessage((m) => resolve(m.text())))).toBe(
      'still there',
    )
    socket.close()
    expect(await new Promise((resolve) => socket.onClose(({ code }) => resolve(code)))).toBe(1000)
  })

  test('leaves every deadline where it was', async () => {
    const webSockets = { pingInterval: 50, pongTimeout: 100, closeTimeout: 100 }
    let start = 0
    let meet!: (socket: Websocket) => void
    const met = new Promise<Websocket>((resolve) => {
      meet = (socket) => {
        start = performance.now()
        resolve(socket)
      }
    })
    // Time enough for the one that does ask, however busy the machine is.
    const server = await serve(() => meet, node({ webSockets, handshakeTimeout: 1_000 }))
    // One that answers no Ping, one that says nothing, and an opening that is not answered.
    await using deaf = await RawClient.upgraded(server.port)
    await using silent = await RawClient.open(server.port)
    silent.write('GET / HTTP/1.1\r\n')
    const socket = await met
    leap()
    expect(await new Promise((resolve) => socket.onClose(({ code }) => resolve(code)))).toBe(1011)
    expect(performance.now() - start).toBeGreaterThan(100)
    await Promise.all([deaf.closed, silent.closed])
    await server.stop({ drain: 5_000 })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('delays no opening, nor its timeout', async () => {
    await using server = await serve(() => () => {}, node())
    const opening = connect(server.url, { timeout: 5_000 })
    leap()
    await opening.opened
    opening.terminate()
    await using stuck = await serve(() => new Promise<undefined>(() => {}), node())
    const start = performance.now()
    const late = connect(stuck.url, { timeout: 200 })
    leap()
    await expect(late.opened).rejects.toMatchObject({ stage: 'timeout' })
    expect(performance.now() - start).toBeGreaterThan(150)
    await stuck.stop({ drain: 0 })
  })
})
