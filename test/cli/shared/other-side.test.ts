import { expect, test } from 'vitest'
import { otherSide } from '../../../src/cli/shared/other-side.ts'
import type { TrafficEntry } from '../../../src/filters/traffic-entry.ts'

const own = { connection: 1, at: 2 } as const

test.each<[TrafficEntry, TrafficEntry]>([
  [
    { ...own, kind: 'message', direction: 'in', mode: 'text', text: 'a' },
    { ...own, kind: 'message', direction: 'out', mode: 'text', text: 'a' },
  ],
  [
    { ...own, kind: 'close', direction: 'out', code: 1000, reason: '' },
    { ...own, kind: 'close', direction: 'in', code: 1000, reason: '' },
  ],
  [
    { ...own, kind: 'close', code: 1006, reason: '' },
    { ...own, kind: 'close', code: 1006, reason: '' },
  ],
  [
    { ...own, kind: 'error', name: 'a', message: 'b' },
    { ...own, kind: 'error', name: 'a', message: 'b' },
  ],
])('%j is %j to the other side', (entry, other) => {
  expect(otherSide(entry)).toEqual(other)
  expect(otherSide(other)).toEqual(entry)
})
