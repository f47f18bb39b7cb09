import { expect, test } from 'vitest'
import { child } from '../support/child.ts'

test('of 10,000 connections, many of which vanish, the second half leaves nothing behind', async () => {
  const { code, output, errors } = await child('connections', '--expose-gc')
  expect([code, errors]).toEqual([0, ''])
  const { grown, before, after } = JSON.parse(output)
  expect(grown).toBeLessThan(1024 * 1024)
  expect(after).toEqual(before)
  // Seconds of work, which others on the machine may make minutes.
}, 180_000)
