import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { pageReason, sendable } from '../../src/websocket/page-codes.ts'

describe('of the codes', () => {
  test.each([1000, 3000, 4000, 4999])('%i can be sent, as it is', (code) => {
    const reason = new CloseReason(code, 'a')
    expect([sendable(reason), pageReason(reason)]).toEqual([reason, reason])
  })

  test.each([-1, 0, 999, 1001, 1005, 1006, 1011, 2999, 3000.5, 5000, Number.NaN])(
    '%d cannot, and the problem says what can',
    (code) => {
      expect(() => sendable(new CloseReason(code))).toThrow(
        new RangeError(
          `close code ${code} cannot be sent: the platform takes a CloseReason with 1000 or 3000 to 4999`,
        ),
      )
    },
  )
})

test('a mere code is no reason, and is named', () => {
  expect(() => Reflect.apply(sendable, undefined, [1000])).toThrow(
    'close code 1000 cannot be sent: the platform takes a CloseReason with 1000 or 3000 to 4999',
  )
})

test('a message that fits into no Close frame is refused, also for callers without types', () => {
  for (const code of [1000, 4000]) {
    const reason = { code, message: 'x'.repeat(124) } as CloseReason
    expect(() => sendable(reason)).toThrow(RangeError)
    expect(() => pageReason(reason)).toThrow(RangeError)
  }
})

describe('what a session closes with', () => {
  test.each([1001, 1003, 1007, 1011, 1013])('goes out 3000 higher: %i', (code) => {
    const reason = pageReason(new CloseReason(code, 'a'))
    expect([reason.code, reason.message]).toEqual([code + 3000, 'a'])
  })

  test.each([0, 1004, 1005, 1006, 1015, 2000, 5000])(
    'is no code that is never sent: %i',
    (code) => {
      expect(() => pageReason(new CloseReason(code))).toThrow(RangeError)
    },
  )
})
