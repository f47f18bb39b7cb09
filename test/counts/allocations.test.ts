import { expect, test } from 'vitest'
import { child } from '../support/child.ts'

/** Bytes that a message may take of the heap: a third more than it did when this was written. */
const HEAP: Readonly<Record<string, number>> = {
  handler: 340,
  typed: 440,
  filters: 420,
  session: 1340,
  async: 1340,
  'handler, one at a time': 750,
  'handler, 4 KiB binary': 4470,
  'reader, 4 KiB binary': 620,
  'handler, 1 KiB text, compressed': 2820,
  'handler, 1 KiB binary, compressed': 2820,
}

/** And outside of it: what a listener asked for and may keep, once. */
const OUTSIDE: Readonly<Record<string, number>> = { 'reader, 4 KiB binary': 4096 }

test('a message of a burst allocates little, however it is handled', async () => {
  // Nothing is collected in between, so that what was allocated is what there is more of.
  const young = ['--min-semi-space-size=64', '--max-semi-space-size=64']
  const { code, output, errors } = await child('allocations', '--expose-gc', ...young)
  expect([code, errors]).toEqual([0, ''])
  const found: Record<string, { readonly heap: number; readonly outside: number }> =
    JSON.parse(output)
  expect(Object.keys(found).sort()).toEqual(Object.keys(HEAP).sort())
  const over = Object.entries(found).filter(
    ([name, { heap, outside }]) => heap > HEAP[name]! || outside > (OUTSIDE[name] ?? 0) + 16,
  )
  expect(over).toEqual([])
  // Seconds of work, which others on the machine may make minutes.
}, 180_000)
