import { expect, test } from 'vitest'
import { attempt } from '../../src/websocket/attempt.ts'

const outcome = (act: () => unknown): unknown =>
  attempt(
    act,
    (value) => `done ${String(value)}`,
    (thrown) => `failed ${String(thrown)}`,
  )

function fail(): never {
  throw new Error('no')
}

test('what is there is handed on at once, what is to come later', async () => {
  expect(outcome(() => 1)).toBe('done 1')
  expect(outcome(fail)).toBe('failed Error: no')
  expect(await outcome(async () => 1)).toBe('done 1')
  expect(await outcome(async () => fail())).toBe('failed Error: no')
})

test('an answer that cannot be looked at is a failure', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(outcome(() => proxy)).toMatch(/^failed TypeError: /)
})
