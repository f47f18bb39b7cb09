import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { stopOnce, stopPlan } from '../../src/serving/stop-plan.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

test('a stop waits 10 seconds after the last close, and says 1001', () => {
  expect(stopPlan({})).toEqual({ drain: 10_000, over: 0, status: WsStatus.GOING_AWAY })
  expect(stopPlan({ over: 30_000 })).toMatchObject({ drain: 40_000, over: 30_000 })
})

test('a deadline limits the spread', () => {
  expect(stopPlan({ drain: 100, over: 30_000 })).toMatchObject({ drain: 100, over: 100 })
})

test('a stop takes any status that can be sent', () => {
  const status = new CloseReason(4321, 'later')
  expect(stopPlan({ status }).status).toBe(status)
})

test.each([
  [{ drain: -1 }, 'the option drain is -1: it must be a number from 0 up'],
  [{ drain: Number.POSITIVE_INFINITY }, 'the option drain is Infinity: it must be at most'],
  [{ over: Number.NaN }, 'the option over is NaN'],
  [{ status: WsStatus.NOCODE }, 'close code 1005 cannot be sent'],
])('a stop refuses %j', (options, message) => {
  expect(() => stopPlan(options)).toThrow(RangeError)
  expect(() => stopPlan(options)).toThrow(message)
})

test('a stop may be the listener of a signal', async () => {
  const process = new EventEmitter()
  const plan = new Promise((resolve) => {
    process.on(
      'SIGTERM',
      stopOnce(async (given) => resolve(given)),
    )
  })
  process.emit('SIGTERM', 'SIGTERM', 15)
  expect(await plan).toEqual(stopPlan({}))
})
