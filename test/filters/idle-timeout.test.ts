import { describe, expect, test } from 'vitest'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { filtered, filteredFrames } from './fixtures.ts'

describe('idleTimeout', () => {
  test('closes with 1001 when nothing was said for the time, and leaves no timer', async () => {
    const { client, clock, closes } = filtered((clock) => idleTimeout(1_000, { clock }))
    clock.advance(999)
    expect(closes).toEqual([])
    clock.advance(1)
    expect(await client.closed).toMatchObject({ code: 1001, message: 'Idle' })
    expect(closes).toEqual(['1001 Idle'])
    expect(clock.pending).toBe(0)
  })

  test('counts what comes and what goes as something said', () => {
    const { client, clock, closes, socket } = filtered(
      (clock) => idleTimeout(1_000, { clock }),
      (view) => view.onMessage(() => {}),
    )
    clock.advance(900)
    client.send('x')
    clock.advance(900)
    socket.send('y')
    clock.advance(999)
    expect(closes).toEqual([])
    expect(clock.pending, 'one timer, however much is said').toBe(1)
    clock.advance(1)
    expect(closes).toEqual(['1001 Idle'])
  })

  test('does not count Pings and Pongs', () => {
    const { clock, closes, socket } = filtered((clock) => idleTimeout(1_000, { clock }))
    clock.advance(900)
    socket.link.ping?.()
    clock.advance(100)
    expect(closes).toEqual(['1001 Idle'])
  })

  test('counts fragments of a socket of frames, but not its control frames', () => {
    const { peer, clock, socket } = filteredFrames((clock) => idleTimeout(1_000, { clock }))
    clock.advance(900)
    peer.send('01 81 00000000 61')
    clock.advance(900)
    peer.send('89 80 00000000')
    expect(socket.state).toBe('open')
    clock.advance(100)
    expect(socket.state).toBe('closing')
  })

  test('stops with the connection', async () => {
    const { client, clock } = filtered((clock) => idleTimeout(1_000, { clock }))
    expect(clock.pending).toBe(1)
    client.close()
    await client.closed
    expect(clock.pending).toBe(0)
  })

  test('closes with another status if told so', async () => {
    const { client, clock } = filtered((clock) =>
      idleTimeout(5, { clock, status: WsStatus.TRY_AGAIN_LATER }),
    )
    clock.advance(5)
    expect(await client.closed).toMatchObject({ code: 1013 })
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('refuses %s ms', (ms) => {
    expect(() => idleTimeout(ms)).toThrow(RangeError)
  })

  test('refuses a status that cannot be sent', () => {
    expect(() => idleTimeout(1, { status: WsStatus.ABNORMAL_CLOSE })).toThrow('1006')
  })
})
