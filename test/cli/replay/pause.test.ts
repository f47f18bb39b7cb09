import { expect, test } from 'vitest'
import { pause } from '../../../src/cli/replay/pause.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'

test('a pause ends after its time, and leaves nothing behind', async () => {
  const clock = new VirtualClock()
  let over = false
  void pause(10, clock, new AbortController().signal).then(() => {
    over = true
  })
  await clock.advanceAsync(9)
  expect(over).toBe(false)
  await clock.advanceAsync(1)
  expect(over).toBe(true)
})

test('a pause ends when its signal aborts, however many there are', async () => {
  const clock = new VirtualClock()
  const abort = new AbortController()
  const pauses = Array.from({ length: 20 }, () => pause(10, clock, abort.signal))
  abort.abort()
  await Promise.all(pauses)
  expect(clock.pending).toBe(0)
  await pause(10, clock, abort.signal)
  await pause(0, clock, new AbortController().signal)
  expect(clock.pending).toBe(0)
})
