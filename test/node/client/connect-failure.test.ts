import { expect, test } from 'vitest'
import { reasonOf } from '../../../src/node/client/connect-failure.ts'

test('a host of several addresses fails for the reasons of all of them', () => {
  const refused = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:9`))
  // As Node makes it: without a message.
  expect(reasonOf(new AggregateError(refused))).toBe(
    'Error: connect ECONNREFUSED ::1:9; Error: connect ECONNREFUSED 127.0.0.1:9',
  )
})

test('an error without a message fails by its code, or by its name', () => {
  expect(reasonOf(Object.assign(new Error(), { code: 'ECONNRESET' }))).toBe('ECONNRESET')
  expect(reasonOf(new TypeError())).toBe('TypeError')
})
