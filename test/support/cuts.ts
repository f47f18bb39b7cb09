import fc from 'fast-check'

/** Where to cut: `'bytewise'`, or fractions of the whole. */
export type Cuts = 'bytewise' | readonly number[]

export const cuts: fc.Arbitrary<Cuts> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Cuts>('bytewise') },
  {
    weight: 4,
    arbitrary: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
  },
)

/** The pieces, each in a buffer of its own, empty ones too. */
export function cutAt(content: Uint8Array, at: Cuts): Uint8Array<ArrayBuffer>[] {
  const marks =
    at === 'bytewise'
      ? Array.from(content, (_, i) => i)
      : at.map((fraction) => Math.round(fraction * content.length)).sort((a, b) => a - b)
  return [0, ...marks].map((start, i) =>
    Uint8Array.from(content.subarray(start, marks[i] ?? content.length)),
  )
}
