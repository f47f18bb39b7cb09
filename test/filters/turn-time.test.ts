import { afterEach, describe, expect, test, vi } from 'vitest'
import { turnTime } from '../../src/filters/turn-time.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { systemClock } from '../../src/websocket/clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the time of a turn', () => {
  test('is asked for once, until the promises that the turn settled are done', async () => {
    const asked = vi.spyOn(systemClock, 'now')
    const now = turnTime(systemClock)
    const first = now()
    expect([now(), now()]).toEqual([first, first])
    expect(asked).toHaveBeenCalledTimes(1)
    await Promise.resolve()
    expect(now()).toBeGreaterThanOrEqual(first)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('is asked for each time of any other clock', () => {
    const clock = new VirtualClock()
    const now = turnTime(clock)
    const first = now()
    clock.advance(5)
    expect(now() - first).toBe(5)
  })
})
