import { expect, test } from 'vitest'
import { child } from '../support/child.ts'

test('a burst of 16 messages is answered in one write, however it is handled', async () => {
  const { code, output, errors } = await child('writes')
  expect([code, errors]).toEqual([0, ''])
  const writes: Record<string, number> = JSON.parse(output)
  const styles = ['async', 'broadcast', 'deflate', 'filters', 'handler', 'session', 'typed']
  expect(Object.keys(writes).sort()).toEqual(styles)
  // A burst may have come in two pieces.
  const more = Object.entries(writes).filter(([, perBurst]) => perBurst < 1 || perBurst > 1.1)
  expect(more).toEqual([])
})
