import { describe, expect, test } from 'vitest'
import { CopiedBytes } from '../../../src/node/bytes/latin1-bytes.ts'
import { Latin1Holder } from '../../../src/node/bytes/latin1-holder.ts'
import { Latin1Pieces } from '../../../src/node/bytes/latin1-pieces.ts'
import type { HeldBytes } from '../../../src/protocol/bytes/held-bytes.ts'

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
  pieces.finish(false)
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

describe('the pieces of a text', () => {
  const asText = (ascii: boolean, ...texts: readonly string[]): HeldBytes => {
    const wholes: HeldBytes[] = []
    const pieces = new Latin1Pieces(new Latin1Holder(), (whole) => wholes.push(whole))
    for (const text of texts) pieces.append(Buffer.from(text), 0, Buffer.byteLength(text))
    pieces.finish(ascii)
    return wholes[0]!
  }

  test('are joined to its text when all are ASCII', () => {
    const [one, other] = ['abc'.repeat(50_000), 'def'.repeat(20_000)]
    expect(asText(true, one, other).text?.()).toBe(one + other)
    expect(asText(false, one, '€').text).toBeUndefined()
  })

  test('are decoded from their bytes when they are too many for the heap', () => {
    const MIB = 'a'.repeat(1_048_576)
    const whole = asText(true, MIB, MIB)
    expect(whole.text).toBeUndefined()
    expect(Buffer.from(whole.bytes()).toString() === MIB + MIB).toBe(true)
  })
})

describe('V8’s heap, which must not become full, holds', () => {
  const MIB = Buffer.alloc(1_048_576, 'abc')

  /** Whether the last MiB of the message became strings. */
  function asText(whole: HeldBytes): boolean {
    return !(whole.parts?.at(-1) instanceof CopiedBytes)
  }

  function unfinished(): { pieces: Latin1Pieces; wholes: HeldBytes[] } {
    const wholes: HeldBytes[] = []
    return { pieces: new Latin1Pieces(new Latin1Holder(), (whole) => wholes.push(whole)), wholes }
  }

  test('at most a MiB of one message', () => {
    const { pieces, wholes } = unfinished()
    pieces.append(MIB, 0, MIB.length)
    pieces.append(MIB, 0, 100_000)
    pieces.append(MIB, 0, 10)
    pieces.finish(false)
    const whole = wholes[0]!
    expect(asText(whole)).toBe(false)
    const expected = Buffer.concat([MIB, MIB.subarray(0, 100_000), MIB.subarray(0, 10)])
    expect(Buffer.compare(whole.bytes(), expected)).toBe(0)
    expect(whole.parts?.slice(16).map((part) => part.bytes().length)).toEqual([100_000, 10])
  })

  test('as much as it may of a message that comes in small pieces', () => {
    const { pieces, wholes } = unfinished()
    for (let at = 0; at < 1_200_000; at += 1_000) pieces.append(MIB, 0, 1_000)
    pieces.finish(false)
    const copied = wholes[0]!.parts!.filter((part) => part instanceof CopiedBytes)
    expect(copied.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(250_000)
  })

  test('at most 64 MiB of all unfinished messages, until they are finished or abandoned', () => {
    const messages = Array.from({ length: 65 }, unfinished)
    for (const { pieces } of messages) pieces.append(MIB, 0, MIB.length)
    messages[64]!.pieces.finish(false)
    expect(asText(messages[64]!.wholes[0]!)).toBe(false)
    messages[0]!.pieces.finish(false)
    messages[1]!.pieces.abandon()
    const [first, second, third] = [unfinished(), unfinished(), unfinished()]
    for (const { pieces } of [first, second, third]) pieces.append(MIB, 0, MIB.length)
    for (const { pieces } of [first, second, third]) pieces.finish(false)
    expect([first, second, third].map(({ wholes }) => asText(wholes[0]!))).toEqual([
      true,
      true,
      false,
    ])
    for (const { pieces } of messages.slice(2, 64)) pieces.abandon()
  })
})
