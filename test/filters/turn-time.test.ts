import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { turnTime } from '../../src/filters/turn-time.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { systemClock } from '../../src/websocket/support/clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the time of a turn', () => {
  test('is asked for once, until all promises that go on are done', async () => {
    await setImmediate()
    const asked = vi.spyOn(systemClock, 'now')
    const now = turnTime(systemClock)
    await Promise.resolve()
    const first = now()
    for (let i = 0; i < 10; i++) {
      await Promise.resolve()
      expect(now()).toBe(first)
    }
    expect(asked).toHaveBeenCalledTimes(1)
    await setImmediate()
    expect(now()).toBeGreaterThan(first)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('is forgotten when what runs now is done, where there are no ticks', async () => {
    vi.resetModules()
    vi.stubGlobal('process', { ...process, nextTick: undefined })
    const { turnTime } = await import('../../src/filters/turn-time.ts')
    vi.unstubAllGlobals()
    const { systemClock } = await import('../../src/websocket/support/clock.ts')
    const asked = vi.spyOn(systemClock, 'now')
    const now = turnTime(systemClock)
    const first = now()
    expect([now(), now()]).toEqual([first, first])
    expect(asked).toHaveBeenCalledTimes(1)
    await Promise.resolve()
    expect(now()).toBeGreaterThanOrEqual(first)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('goes on where a test has faked the ticks', async () => {
    await setImmediate()
    vi.spyOn(process, 'nextTick').mockImplementation(() => {})
    const now = turnTime(systemClock)
    const first = now()
    vi.restoreAllMocks()
    await setImmediate()
    expect(now()).toBeGreaterThan(first)
  })

  test('is asked for each time of any other clock', () => {
    const clock = new VirtualClock()
    const now = turnTime(clock)
    const first = now()
    clock.advance(5)
    expect(now() - first).toBe(5)
  })
})
