import { describe, expect, test } from 'vitest'
import { Latin1Holder } from '../../src/node/latin1-holder.ts'
import { Latin1Pieces } from '../../src/node/latin1-pieces.ts'
import type { HeldBytes } from '../../src/protocol/held-bytes.ts'

const source = Uint8Array.from({ length: 300_000 }, (_, i) => i % 253)

/** What becomes of the source, cut into pieces of these sizes in turn. */
function gathered(...sizes: readonly number[]): HeldBytes {
  const wholes: HeldBytes[] = []
  const pieces = new Latin1Pieces(new Latin1Holder(), (whole) => wholes.push(whole))
  for (let at = 0, i = 0; at < source.length; i++) {
    const end = Math.min(source.length, at + sizes[i % sizes.length]!)
    const lent = source.slice(at, end)
    pieces.append(lent, 0, lent.length)
    lent.fill(0)
    at = end
  }
  expect([pieces.length, wholes]).toEqual([source.length, []])
  pieces.finish()
  return wholes[0]!
}

describe('the pieces of a message', () => {
  test.each([[[1]], [[1_448]], [[20_000]], [[262_144]], [[16_384, 1]], [[3, 70_000, 100]]])(
    'are put together in order, when they have %j bytes',
    (sizes) => {
      const whole = gathered(...sizes)
      expect(whole.length).toBe(source.length)
      expect(Buffer.compare(whole.bytes(), source)).toBe(0)
    },
  )

  test('become few strings, however small they are, and none too long for the heap', () => {
    const lengths = (...sizes: readonly number[]): number[] =>
      (gathered(...sizes).parts ?? []).map(({ length }) => length)
    expect(lengths(1)).toEqual([65_536, 65_536, 65_536, 65_536, 37_856])
    expect(lengths(300_000)).toEqual([65_536, 65_536, 65_536, 65_536, 37_856])
    expect(lengths(16_384, 1).length).toBeLessThan(40)
  })
})
