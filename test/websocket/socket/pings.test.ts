import { expect, test } from 'vitest'
import { PING_TIMEOUT } from '../../../src/protocol/close/reason.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { PingTimeoutException } from '../../../src/websocket/errors.ts'
import { checkedPings, type PingOwner, Pings } from '../../../src/websocket/socket/pings.ts'
import { bytes, hex } from '../../support/hex.ts'

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

test('a Pong that is read right after a standstill is in time', () => {
  const { clock, sent, failures, pings } = rig(100)
  clock.advance(100)
  clock.after(30, () => pings.pong(sent[0]!))
  clock.advance(100)
  expect([failures, clock.pending]).toEqual([[], 1])
})

test('a Pong for a newer Ping of the user counts as well, and is left to the user', () => {
  const { clock, sent, times, failures, pings } = rig(100)
  const payload = Buffer.of(1)
  pings.sent(payload)
  clock.advance(100)
  expect(pings.pong(payload)).toBe(false)
  pings.sent(payload)
  pings.sent(Buffer.of(2))
  clock.advance(20)
  expect(pings.pong(payload)).toBe(false)
  pings.sent(payload)
  payload.fill(3)
  expect(pings.pong(Uint8Array.of(1))).toBe(false)
  expect(pings.pong(sent[0]!)).toBe(false)
  clock.advance(129)
  expect([times, failures]).toEqual([[100, 220], []])
  expect(pings.pong(Uint8Array.of(1))).toBe(false)
  clock.advance(1)
  expect(failures).toHaveLength(1)
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

test('pings have another payload of eight octets each time, and only its Pong is taken, once', () => {
  const { clock, sent, pings } = rig(100)
  expect(pings.pong(bytes(''))).toBe(false)
  for (let i = 0; i < 5; i++) {
    clock.advance(100)
    const last = sent.at(-1)!
    const wrong = Uint8Array.from(last, (octet, at) => (at === 7 ? octet ^ 1 : octet))
    const longer = Uint8Array.of(...last, 0)
    for (const payload of [wrong, bytes(''), last.subarray(1), longer, new Uint8Array(125)]) {
      expect(pings.pong(payload)).toBe(false)
    }
    expect(pings.pong(last)).toBe(true)
    expect(pings.pong(last)).toBe(false)
    expect(last.length).toBe(8)
  }
  expect(new Set(sent.map(hex)).size).toBe(5)
})

test('pings go out one interval after the start, and one after each answer', () => {
  const { clock, sent, times, pings } = rig(100)
  clock.advance(99)
  expect(times).toEqual([])
  clock.advance(21)
  expect(pings.pong(sent[0]!)).toBe(true)
  clock.advance(100)
  expect(times).toEqual([100, 220])
})

test('pings fail a silent peer once, and go out no more', () => {
  const { clock, times, failures } = rig(100)
  clock.advance(129)
  expect(failures).toEqual([])
  clock.advance(1_000)
  expect([times, failures.length, clock.pending]).toEqual([[100], 1, 0])
})

test('pings go out to a peer that cannot be heard, too, and any Pong that comes later answers them all', () => {
  const { clock, sent, times, failures, owner, pings } = rig(100)
  owner.paused = true
  clock.advance(100 + 130 * 2)
  expect(times).toEqual([100, 230, 360])
  owner.paused = false
  clock.advance(29)
  expect(failures).toEqual([])
  expect(pings.pong(sent[0]!)).toBe(true)
  clock.advance(100)
  expect(times).toHaveLength(4)
  clock.advance(30)
  expect(failures).toHaveLength(1)
})

test('pings give a Pong its whole time from when reading goes on, however shortly before its end that is', () => {
  const { clock, sent, failures, owner, pings } = rig(100)
  clock.advance(100)
  for (let i = 0; i < 5; i++) {
    owner.paused = true
    clock.advance(29)
    owner.paused = false
    pings.resumed()
  }
  owner.paused = true
  clock.advance(31)
  owner.paused = false
  pings.resumed()
  clock.advance(29)
  expect(failures).toEqual([])
  expect(pings.pong(sent[0]!)).toBe(true)
  pings.resumed()
  clock.advance(99)
  expect(sent).toHaveLength(1)
  clock.advance(31)
  expect(failures).toHaveLength(1)
})

test('pings that are stopped are silent, at any time', () => {
  for (const when of [0, 100]) {
    const { clock, sent, failures, pings } = rig(100)
    clock.advance(when)
    pings.stop()
    pings.resumed()
    expect(pings.pong(sent[0] ?? bytes(''))).toBe(false)
    clock.advance(1_000)
    expect([failures, clock.pending]).toEqual([[], 0])
  }
})

test('pings take a Pong that comes while the Ping is being sent', () => {
  const { clock, failures, owner, pings } = rig(100)
  owner.ping = (data) => {
    expect(pings.pong(data)).toBe(true)
  }
  clock.advance(350)
  expect([failures, clock.pending]).toEqual([[], 1])
})

test('times that no timer can wait for are refused by name', () => {
  expect(() => checkedPings({ pingInterval: -1, pongTimeout: 1 })).toThrow(
    'the option pingInterval is -1: it must be a number from 0 up',
  )
  expect(() => checkedPings({ pingInterval: 1, pongTimeout: 2 ** 31 })).toThrow('pongTimeout')
})
