import { expect, test } from 'vitest'
import { pageCodeProblem, pageReason } from '../../src/client/close-codes.ts'
import { CloseReason } from '../../src/protocol/close-reason.ts'

test.each([1000, 3000, 4000, 4999])('%i can be sent', (code) => {
  expect(pageCodeProblem(code)).toBeUndefined()
})

test.each([-1, 0, 999, 1001, 1005, 1006, 1011, 2999, 3000.5, 5000, Number.NaN])(
  '%d cannot, and the problem says what can',
  (code) => {
    expect(pageCodeProblem(code)).toBe(
      `close code ${code} cannot be sent from here: the platform allows 1000 and 3000 to 4999`,
    )
  },
)

test('a code of the RFC goes out 3000 higher, all others as they are', () => {
  const sent = [1000, 1001, 1011, 1013, 4000].map((code) => pageReason(new CloseReason(code, 'a')))
  expect(sent.map(({ code }) => code)).toEqual([1000, 4001, 4011, 4013, 4000])
  expect(sent.every(({ message }) => message === 'a')).toBe(true)
})
