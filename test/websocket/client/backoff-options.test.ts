import { expect, onTestFinished, test, vi } from 'vitest'
import {
  backoffOptions,
  type ConnectionEnd,
} from '../../../src/websocket/client/backoff-options.ts'
import { WebSocketClosedException } from '../../../src/websocket/errors.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

const end = (failures: number, cause?: Error): ConnectionEnd => ({
  status: WsStatus.ABNORMAL_CLOSE,
  cause,
  failures,
  retryable: true,
})

test('the default delay is a random part of 500 ms, doubled with each failure up to 30 seconds', () => {
  const { delay } = backoffOptions({})
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  onTestFinished(() => random.mockRestore())
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 5_000].map((failures) => delay(end(failures)))
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  random.mockReturnValue(0.25)
  expect(delay(end(3))).toBe(500)
})

test('by default there is another attempt where that may help', () => {
  const { retry } = backoffOptions({})
  expect([true, false].map((retryable) => retry({ ...end(1), retryable }))).toEqual([true, false])
})

test('by default what the application has thrown is reported, and failures of connections are not', () => {
  const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => reported.mockRestore())
  const { onDown } = backoffOptions({})
  onDown(end(1), 0)
  onDown(end(1, new WebSocketClosedException(WsStatus.GOING_AWAY)), 0)
  expect(reported).not.toHaveBeenCalled()
  onDown(end(1, new Error('no token')), 0)
  expect(reported.mock.calls).toEqual([[new Error('no token')]])
})
