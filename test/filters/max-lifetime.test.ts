import { describe, expect, test } from 'vitest'
import { maxLifetime } from '../../src/filters/max-lifetime.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { filtered, taken } from './fixtures.ts'

describe('maxLifetime', () => {
  test('closes with 1012 after the time, whatever was said', async () => {
    const { client, clock, closes } = filtered((clock) => maxLifetime(1_000, { clock }))
    clock.advance(999)
    client.send('x')
    expect(taken(client)).toEqual(['x'])
    clock.advance(1)
    expect(await client.closed).toMatchObject({ code: 1012, message: 'Lifetime over' })
    expect(closes).toEqual(['1012 Lifetime over'])
    expect(clock.pending).toBe(0)
  })

  test('is shorter by chance', () => {
    const { clock, closes } = filtered((clock) =>
      maxLifetime(1_000, { clock, jitter: 400, random: () => 0.5 }),
    )
    clock.advance(799)
    expect(closes).toEqual([])
    clock.advance(1)
    expect(closes).toHaveLength(1)
  })

  test('may be as short as chance has it', () => {
    const { clock, closes } = filtered((clock) =>
      maxLifetime(1_000, { clock, jitter: 1_000, random: () => 0.999 }),
    )
    clock.advance(1)
    expect(closes).toHaveLength(1)
  })

  test('stops with the connection', async () => {
    const { client, clock } = filtered((clock) => maxLifetime(1_000, { clock }))
    expect(clock.pending).toBe(1)
    client.terminate()
    await client.closed
    expect(clock.pending).toBe(0)
  })

  test('closes with another status if told so', async () => {
    const { client, clock } = filtered((clock) =>
      maxLifetime(5, { clock, status: WsStatus.GOING_AWAY }),
    )
    clock.advance(5)
    expect(await client.closed).toMatchObject({ code: 1001 })
  })

  test('refuses what cannot be', () => {
    expect(() => maxLifetime(0)).toThrow('maxLifetime is 0 ms')
    expect(() => maxLifetime(2 ** 31)).toThrow('at most 2147483647 ms')
    expect(() => maxLifetime(10, { jitter: 11 })).toThrow('more than the lifetime, 10 ms')
    expect(() => maxLifetime(10, { status: WsStatus.NOCODE })).toThrow(RangeError)
  })
})
