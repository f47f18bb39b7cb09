import { describe, expect, test } from 'vitest'
import { Alignment } from '../../../src/testing/replay/alignment.ts'

/** The differences of two texts by words, of which each comes when it is expected. */
function differences(recorded: string, replayed: string): string[] {
  const told: string[] = []
  const alignment = new Alignment<string>(Object.is, (was, is) =>
    told.push(`${was ?? ''}>${is ?? ''}`),
  )
  const came = replayed.split(' ')
  for (const word of recorded.split(' ')) {
    alignment.expect(word)
    while (alignment.owed > 0 && came.length > 0) alignment.came(came.shift()!)
  }
  for (const word of came) alignment.came(word)
  alignment.end()
  return told
}

describe('Alignment', () => {
  test.each([
    ['a b c d', 'a b c d', []],
    ['a b c d', 'a c d', ['b>']],
    ['a b c d e', 'a d e', ['b>', 'c>']],
    ['a b c d', 'a x b c d', ['>x']],
    ['a b c d', 'a x y b c d', ['>x', '>y']],
    ['a b c d', 'a x c d', ['b>x']],
    ['a b c d', 'x b y d', ['a>x', 'c>y']],
    ['a b c d', 'a c b d', ['b>', '>b']],
    ['a b c d', 'b c d e', ['a>', '>e']],
    ['a a a', 'a a', ['a>']],
    ['a b', 'a b c', ['>c']],
  ])('of %j and %j tells what differs, and goes on', (recorded, replayed, told) => {
    expect(differences(recorded, replayed)).toEqual(told)
  })

  test('tells a difference as soon as both are the same again, and holds no more than a window', () => {
    const told: unknown[] = []
    const alignment = new Alignment<number>(Object.is, (...pair) => told.push(pair))
    alignment.expect(1)
    alignment.came(2)
    expect(told).toEqual([])
    alignment.expect(3)
    alignment.came(3)
    expect(told).toEqual([[1, 2]])
    const numbers = Array.from({ length: 65 }, (_, number) => number)
    for (const number of numbers) {
      expect(told).toHaveLength(1)
      alignment.expect(number)
    }
    expect(told.slice(1)).toEqual([[0, undefined]])
    expect(alignment.owed).toBe(64)
    for (const number of numbers) alignment.came(-number - 1)
    expect(told.slice(2)).toEqual([[1, -1]])
    alignment.end()
    expect(told).toHaveLength(1 + 66)
    expect(alignment.owed).toBe(0)
  })

  test('pairs what is different in the same way, however much that is', () => {
    const told: unknown[] = []
    const alignment = new Alignment<number>(Object.is, (...pair) => told.push(pair))
    const numbers = Array.from({ length: 300 }, (_, number) => number + 1)
    for (const number of numbers) {
      alignment.expect(number)
      alignment.came(-number)
    }
    alignment.end()
    expect(told).toEqual(numbers.map((number) => [number, -number]))
  })
})
