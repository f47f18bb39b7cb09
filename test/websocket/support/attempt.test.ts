import { expect, test } from 'vitest'
import { attempt } from '../../../src/websocket/support/attempt.ts'

const outcome = (act: () => unknown): unknown =>
  attempt(
    act,
    (value) => `done ${String(value)}`,
    (thrown) => `failed ${String(thrown)}`,
  )

function fail(): never {
  throw new Error('no')
}

test('a value is passed on at once, a promise once it has settled', async () => {
  expect(outcome(() => 1)).toBe('done 1')
  expect(outcome(fail)).toBe('failed Error: no')
  expect(await outcome(async () => 1)).toBe('done 1')
  expect(await outcome(async () => fail())).toBe('failed Error: no')
})

test('a result that throws when it is inspected is a failure', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(outcome(() => proxy)).toMatch(/^failed TypeError: /)
})
