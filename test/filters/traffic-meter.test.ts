import { expect, test } from 'vitest'
import { TrafficMeter } from '../../src/filters/traffic-meter.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'

test('a traffic meter goes by both buckets, the slower one counts', () => {
  const clock = new VirtualClock()
  const meter = new TrafficMeter(
    { messages: { perSecond: 1, burst: 2 }, bytes: { perSecond: 10, burst: 30 } },
    clock,
  )
  meter.take({ messages: 1, bytes: 30 })
  expect(meter.tryTake({ messages: 1, bytes: 1 }), 'the bytes are used up').toBe(false)
  expect(meter.tryTake({ messages: 1, bytes: 0 }), 'and no message was taken').toBe(true)
  expect(meter.tryTake({ messages: 1, bytes: 0 }), 'but now it was').toBe(false)
  meter.take({ messages: 0, bytes: 10 })
  expect(meter.debt()).toBe(1_000)
  clock.advance(2_000)
  expect(meter.isFresh(), 'messages are, bytes are not').toBe(false)
  expect(meter.tryTake({ messages: 0, bytes: 10 })).toBe(true)
  clock.advance(3_000)
  expect(meter.isFresh()).toBe(true)
  meter.take({ messages: 3, bytes: 0 })
  expect([meter.debt(), meter.isFresh()]).toEqual([1_000, false])
})

test('a traffic meter of one bucket leaves the other be', () => {
  const meter = new TrafficMeter({ bytes: { perSecond: 1 } }, new VirtualClock())
  expect(meter.tryTake({ messages: 1_000, bytes: 0 })).toBe(true)
  expect([meter.debt(), meter.isFresh()]).toEqual([0, true])
})
