import { describe, expect, test, vi } from 'vitest'
import { DenoTransport } from '../../src/deno/deno-transport.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'

/** A transport over what stands for Deno's socket, and the codes that it was closed with. */
function rig(): { transport: DenoTransport; clock: VirtualClock; closed: (number | undefined)[] } {
  const closed: (number | undefined)[] = []
  const clock = new VirtualClock()
  const socket = { readyState: 1, bufferedAmount: 1, close: (code?: number) => closed.push(code) }
  return { transport: new DenoTransport(socket as never, clock), clock, closed }
}

const WHY = new CloseReason(4000, 'why')

describe('a close on Deno', () => {
  test('goes out at once where no message has come', () => {
    const { transport, closed } = rig()
    transport.close(WHY)
    expect(closed).toEqual([4000])
  })

  test('waits for a millisecond without a message, since one would drop the connection', () => {
    const { transport, clock, closed } = rig()
    transport.heard()
    transport.close(WHY)
    transport.heard()
    clock.advance(1)
    expect(closed).toEqual([])
    clock.advance(1)
    expect(closed).toEqual([4000])
  })

  test('does not wait for a peer that never stops', () => {
    const { transport, clock, closed } = rig()
    transport.heard()
    transport.close(WHY)
    let turns = 0
    for (; closed.length === 0; turns++) {
      transport.heard()
      clock.advance(1)
    }
    expect(turns).toBe(20)
    expect(clock.pending).toBe(0)
  })

  test.each([
    ['an answer', 4000, true, true],
    ['a peer that leaves, which Deno takes for an empty answer', 1005, true, false],
    ['a lost connection', 1006, false, false],
  ])('ends cleanly or not: %s', (_, code, wasClean, clean) => {
    const { transport } = rig()
    transport.close(WHY)
    expect(transport.closedCleanly({ code, wasClean })).toBe(clean)
  })

  test('by the peer may be empty', () => {
    const { transport } = rig()
    expect(transport.closedCleanly({ code: 1005, wasClean: true })).toBe(true)
  })

  test('is empty where the connection is to be dropped', () => {
    const { transport, closed } = rig()
    transport.heard()
    transport.terminate()
    expect(closed).toEqual([undefined])
  })
})

describe('a sender on Deno', () => {
  test('looks at the end of the turn whether the peer has taken something, without a timer', async () => {
    const { transport, clock } = rig()
    await new Promise<void>((resolve) => transport.whenDrained(resolve))
    expect([clock.now(), clock.pending]).toEqual([0, 0])
  })

  test('looks after pauses, by the clock, when the peer takes nothing', async () => {
    const { transport, clock } = rig()
    for (let i = 0; i < 17; i++) await new Promise<void>((done) => transport.whenDrained(done))
    const looks: number[] = []
    transport.whenDrained(() => looks.push(clock.now()))
    clock.advance(1)
    expect(looks).toEqual([1])
  })

  test('has the clock alone where there are no turns to wait for', () => {
    vi.stubGlobal('setImmediate', undefined)
    const { transport, clock } = rig()
    const looks: number[] = []
    transport.whenDrained(() => looks.push(clock.now()))
    vi.unstubAllGlobals()
    clock.advance(0)
    expect(looks).toEqual([0])
  })
})
