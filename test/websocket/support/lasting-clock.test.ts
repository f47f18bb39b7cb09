import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lastingClock } from '../../../src/websocket/support/lasting-clock.ts'

const DAY = 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('waits as long as it is told to, unless it is called off', () => {
  const [late, never] = [vi.fn(), vi.fn()]
  lastingClock.after(100, late)
  lastingClock.after(100, never)()
  vi.advanceTimersByTime(99)
  expect(late).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(late).toHaveBeenCalledOnce()
  expect(never).not.toHaveBeenCalled()
})

test('waits 24 days when asked for longer than platforms can count, and not zero', () => {
  const late = vi.fn()
  lastingClock.after(Infinity, late)
  vi.advanceTimersByTime(24 * DAY)
  expect(late).not.toHaveBeenCalled()
  vi.advanceTimersByTime(DAY)
  expect(late).toHaveBeenCalledOnce()
})

test('keeps a process alive', () => {
  vi.useRealTimers()
  const set = vi.spyOn(globalThis, 'setTimeout')
  const cancel = lastingClock.after(60_000, () => {})
  const timer = set.mock.results[0]?.value
  set.mockRestore()
  expect(timer?.hasRef()).toBe(true)
  cancel()
})
