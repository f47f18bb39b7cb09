import { expect, test } from 'vitest'
import { child } from '../support/child.ts'

/**
 * How often each byte may be copied, beside being read, written, held and decoded. What is held is copied into what is
 * written; text is encoded.
 */
const COPIES: Readonly<Record<string, number>> = {
  'binary, 1 KiB, bursts of 16': 1,
  'binary, 16 KiB': 1,
  'binary, 1 MiB': 1,
  'text, 1 KiB, bursts of 16': 1,
  'text, 1 MiB': 1,
  'session, 16 KiB binary': 1,
  // To four: once into what each is written, and three times in all on the way there.
  'broadcast, 1 KiB, bursts of 16': 1.75,
}

test('a byte of a message is copied no more often than it was', async () => {
  const { code, output, errors } = await child('copies')
  expect([code, errors]).toEqual([0, ''])
  const found: Record<string, number> = JSON.parse(output)
  expect(Object.keys(found).sort()).toEqual(Object.keys(COPIES).sort())
  const over = Object.entries(found).filter(([name, copies]) => copies > COPIES[name]! + 0.05)
  expect(over).toEqual([])
})
