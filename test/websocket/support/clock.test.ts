import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/websocket/support/clock.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('the system clock', () => {
  it('calls once, after the delay', () => {
    const calls: number[] = []
    const start = systemClock.now()
    systemClock.after(100, () => calls.push(systemClock.now() - start))
    vi.advanceTimersByTime(99)
    expect(calls).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(calls).toEqual([100])
  })

  it('does not call when it is told so before', () => {
    let calls = 0
    const cancel = systemClock.after(100, () => calls++)
    cancel()
    vi.advanceTimersByTime(1000)
    expect(calls).toBe(0)
  })

  it('keeps no process alive', () => {
    vi.useRealTimers()
    const set = vi.spyOn(globalThis, 'setTimeout')
    const cancel = systemClock.after(60_000, () => {})
    const timer = set.mock.results[0]?.value
    set.mockRestore()
    expect(timer?.hasRef()).toBe(false)
    cancel()
  })
})
