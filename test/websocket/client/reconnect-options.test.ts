import { expect, test } from 'vitest'
import { reconnectOptions } from '../../../src/websocket/client/reconnect-options.ts'

test('an unknown option and a wrong number are told by name', () => {
  const wrong: object = { retries: 3 }
  expect(() => reconnectOptions(wrong)).toThrow(
    new TypeError(
      'reconnecting() has no option retries: there are onOpen, maxBufferedAmount, onDown, retry, delay, signal, clock',
    ),
  )
  expect(() => reconnectOptions({ maxBufferedAmount: -1 })).toThrow(
    new RangeError('the option maxBufferedAmount is -1: it must be a number from 0 up'),
  )
})
