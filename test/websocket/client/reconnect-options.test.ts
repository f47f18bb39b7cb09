import { afterEach, expect, test, vi } from 'vitest'
import {
  type ConnectionEnd,
  reconnectOptions,
} from '../../../src/websocket/client/reconnect-options.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

const end = (failures: number): ConnectionEnd => ({
  status: WsStatus.ABNORMAL_CLOSE,
  cause: undefined,
  failures,
  retryable: true,
})

afterEach(() => {
  vi.restoreAllMocks()
})

test('the default delay is a random part of 500 ms, doubled with each failure up to 30 seconds', () => {
  const { delay } = reconnectOptions({})
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 5_000].map((failures) => delay(end(failures)))
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  random.mockReturnValue(0.25)
  expect(delay(end(3))).toBe(500)
})

test('an unknown option and a wrong number are told by name', () => {
  const wrong: object = { retries: 3 }
  expect(() => reconnectOptions(wrong)).toThrow(
    new TypeError(
      'reconnecting() has no option retries: there are onOpen, onDown, retry, delay, maxBufferedAmount, signal, clock',
    ),
  )
  expect(() => reconnectOptions({ maxBufferedAmount: -1 })).toThrow(
    new RangeError('the option maxBufferedAmount is -1: it must be a number from 0 up'),
  )
})
