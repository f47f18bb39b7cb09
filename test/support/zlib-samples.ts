import fc from 'fast-check'

/** Repeatable bytes: runs of noise, of words and of what was said before, so that references go any way back. */
export function sampleBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  const random = randomFrom(seed)
  for (let i = 0; i < length; ) {
    const end = Math.min(length, i + 3 + random(60))
    const back = 1 + random(i)
    const kind = random(4)
    for (; i < end; i++) {
      if (kind === 0) bytes[i] = random(256)
      else if (kind === 1 && i >= back) bytes[i] = bytes[i - back]!
      else bytes[i] = 0x61 + random(4)
    }
  }
  return bytes
}

/** Integers from 0 to below `limit`; 0 for a limit of 0. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** Messages for a compressor, none of them empty. */
export const messages: fc.Arbitrary<Uint8Array[]> = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc
      .record({ length: fc.integer({ min: 1, max: 5000 }), seed: fc.nat() })
      .map(({ length, seed }) => sampleBytes(length, seed)),
  ),
  { minLength: 1, maxLength: 8 },
)
