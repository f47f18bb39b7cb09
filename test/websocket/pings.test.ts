import { expect, test } from 'vitest'
import { PING_TIMEOUT } from '../../src/protocol/reason.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { PingTimeoutException } from '../../src/websocket/errors.ts'
import { checkedPings, type PingOwner, Pings } from '../../src/websocket/pings.ts'

/** An owner that writes down when it is asked for a Ping, and what it fails with. */
function rig(pingInterval: number) {
  const clock = new VirtualClock()
  const sent: Uint8Array[] = []
  const times: number[] = []
  const failures: unknown[] = []
  const owner: { -readonly [K in keyof PingOwner]: PingOwner[K] } = {
    state: 'open',
    paused: false,
    ping(data) {
      sent.push(data)
      times.push(clock.now())
    },
    fail: (...failure) => failures.push(failure),
  }
  const pings = new Pings(owner, clock, { pingInterval, pongTimeout: 30 })
  return { clock, sent, times, failures, owner, pings }
}

test('pings go out while there is an interval, and a silent peer is failed', () => {
  const { clock, sent, times, failures, pings } = rig(100)
  clock.advance(100)
  expect(pings.pong(Uint8Array.of(1))).toBe(false)
  expect(pings.pong(sent[0]!)).toBe(true)
  clock.advance(130)
  expect(times).toEqual([100, 200])
  expect(failures).toEqual([[PING_TIMEOUT, new PingTimeoutException('no Pong came within 30 ms')]])
})

test('pings may be switched on, off, and to other times', () => {
  const { clock, sent, times, pings } = rig(0)
  clock.advance(1_000)
  pings.times = { pingInterval: 50, pongTimeout: 20 }
  clock.advance(50)
  pings.pong(sent[0]!)
  pings.times = { pingInterval: 0, pongTimeout: 20 }
  clock.advance(1_000)
  expect(times).toEqual([1_050])
  expect([pings.times.pingInterval, clock.pending]).toEqual([0, 0])
})

test('pings that are switched on after the end are not sent', () => {
  const { clock, times, owner, pings } = rig(100)
  pings.stop()
  owner.state = 'closing'
  pings.times = { pingInterval: 50, pongTimeout: 20 }
  clock.advance(1_000)
  expect([times, clock.pending]).toEqual([[], 0])
})

test('times that no timer can wait for are refused by name', () => {
  expect(() => checkedPings({ pingInterval: -1, pongTimeout: 1 })).toThrow(
    'the option pingInterval is -1: it must be a number from 0 up',
  )
  expect(() => checkedPings({ pingInterval: 1, pongTimeout: 2 ** 31 })).toThrow('pongTimeout')
})
