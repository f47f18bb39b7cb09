import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { Heartbeat, type HeartbeatTarget } from '../../src/websocket/heartbeat.ts'
import { bytes, hex } from '../support/hex.ts'

/** A target that keeps its Pings, and when they came. */
class Target implements HeartbeatTarget {
  paused = false
  readonly clock: VirtualClock = new VirtualClock()
  readonly pings: { readonly at: number; readonly data: Uint8Array }[] = []
  timeouts = 0

  ping(data: Uint8Array<ArrayBuffer>): void {
    this.pings.push({ at: this.clock.now(), data })
  }

  timedOut(): void {
    this.timeouts++
  }

  get times(): readonly number[] {
    return this.pings.map(({ at }) => at)
  }

  get last(): Uint8Array {
    return this.pings.at(-1)!.data
  }
}

function beating(interval = 100, timeout = 30): { target: Target; heart: Heartbeat } {
  const target = new Target()
  return { target, heart: new Heartbeat(target, target.clock, interval, timeout) }
}

describe('Heartbeat', () => {
  it('pings one interval after its start, and one after each answer', () => {
    const { target, heart } = beating()
    target.clock.advance(99)
    expect(target.times).toEqual([])
    target.clock.advance(1)
    expect(target.times).toEqual([100])
    target.clock.advance(20)
    expect(heart.pong(target.last)).toBe(true)
    target.clock.advance(100)
    expect(target.times).toEqual([100, 220])
    expect(target.timeouts).toBe(0)
  })

  it('sends another payload of eight octets each time', () => {
    const { target, heart } = beating()
    for (let i = 0; i < 5; i++) {
      target.clock.advance(100)
      heart.pong(target.last)
    }
    expect(new Set(target.pings.map(({ data }) => hex(data))).size).toBe(5)
    expect(target.last.length).toBe(8)
  })

  it('takes only the Pong it waits for, and only once', () => {
    const { target, heart } = beating()
    expect(heart.pong(bytes(''))).toBe(false)
    target.clock.advance(100)
    const wrong = Uint8Array.from(target.last, (octet, i) => (i === 7 ? octet ^ 1 : octet))
    for (const payload of [wrong, bytes(''), target.last.subarray(1), new Uint8Array(125)]) {
      expect(heart.pong(payload)).toBe(false)
    }
    expect(heart.pong(target.last)).toBe(true)
    expect(heart.pong(target.last)).toBe(false)
  })

  it('times out when no Pong comes, once, and pings no more', () => {
    const { target } = beating()
    target.clock.advance(129)
    expect(target.timeouts).toBe(0)
    target.clock.advance(1)
    expect(target.timeouts).toBe(1)
    target.clock.advance(1000)
    expect(target).toMatchObject({ timeouts: 1, times: [100] })
    expect(target.clock.pending).toBe(0)
  })

  it('gives a peer that cannot be heard another timeout', () => {
    const { target } = beating()
    target.paused = true
    target.clock.advance(100 + 30 * 5)
    expect(target.timeouts).toBe(0)
    target.paused = false
    target.clock.advance(29)
    expect(target.timeouts).toBe(0)
    target.clock.advance(1)
    expect(target.timeouts).toBe(1)
  })

  it('is silent once it is stopped, at any time', () => {
    const waiting = beating()
    waiting.heart.stop()
    const pinged = beating()
    pinged.target.clock.advance(100)
    pinged.heart.stop()
    expect(pinged.heart.pong(pinged.target.last)).toBe(false)
    for (const { target } of [waiting, pinged]) {
      target.clock.advance(1000)
      expect(target.timeouts).toBe(0)
      expect(target.clock.pending).toBe(0)
    }
  })

  it('takes a Pong that comes while the Ping is being sent', () => {
    const target = new Target()
    const heart = new Heartbeat(target, target.clock, 100, 30)
    target.ping = (data) => {
      expect(heart.pong(data)).toBe(true)
    }
    target.clock.advance(350)
    expect(target.timeouts).toBe(0)
    expect(target.clock.pending).toBe(1)
  })
})
