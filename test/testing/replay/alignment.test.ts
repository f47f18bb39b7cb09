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
    for (let i = 0; i < 65; i++) {
      expect(told).toHaveLength(1)
      alignment.expect(i)
    }
    expect(told).toHaveLength(66)
    for (let i = 0; i < 65; i++) alignment.came(i)
    expect(told).toHaveLength(131)
    expect(alignment.owed).toBe(0)
  })
})
