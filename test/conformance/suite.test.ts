import { describe, expect, it } from 'vitest'
import { allCases, handshakes } from '../../conformance/suite/all.ts'
import { compareIds, groupOf } from '../../conformance/suite/case.ts'
import { SHORT } from '../../conformance/suite/deflate.ts'
import { textOf } from '../../conformance/suite/sample-data.ts'
import { isUtf8Oracle } from '../support/utf8-oracle.ts'

const cases = allCases(SHORT)

/** How many cases the Autobahn test suite has in each group. */
const ORIGINAL: Readonly<Record<string, number>> = {
  '1.1': 8,
  '1.2': 8,
  '2': 11,
  '3': 7,
  '4.1': 5,
  '4.2': 5,
  '5': 20,
  '6.1': 3,
  '6.2': 4,
  '6.3': 2,
  '6.4': 4,
  '6.5': 5,
  '6.6': 11,
  '6.7': 4,
  '6.8': 2,
  '6.9': 4,
  '6.10': 3,
  '6.11': 5,
  '6.12': 8,
  '6.13': 5,
  '6.14': 10,
  '6.15': 1,
  '6.16': 3,
  '6.17': 5,
  '6.18': 5,
  '6.19': 5,
  '6.20': 7,
  '6.21': 8,
  '6.22': 34,
  '6.23': 7,
  '7.1': 6,
  '7.3': 6,
  '7.5': 1,
  '7.7': 13,
  '7.9': 9,
  '7.13': 2,
  '9.1': 6,
  '9.2': 6,
  '9.3': 9,
  '9.4': 9,
  '9.5': 6,
  '9.6': 6,
  '9.7': 6,
  '9.8': 6,
  '10.1': 1,
  '12.1': 18,
  '12.2': 18,
  '12.3': 18,
  '12.4': 18,
  '12.5': 18,
  '13.1': 18,
  '13.2': 18,
  '13.3': 18,
  '13.4': 18,
  '13.5': 18,
  '13.6': 18,
  '13.7': 18,
}

describe('the conformance suite', () => {
  it('has every case of the original, by its number', () => {
    const expected = Object.entries(ORIGINAL).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, i) => `${group}.${i + 1}`),
    )
    const original = cases.filter(({ own }) => own !== true).map(({ id }) => id)
    expect(expected).toHaveLength(517)
    expect(original.toSorted(compareIds)).toEqual(expected.toSorted(compareIds))
  })

  it('has no number twice', () => {
    const ids = [...cases, ...handshakes].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names the section of the RFC for each case', () => {
    for (const { id, rfc } of [...cases, ...handshakes]) {
      expect(rfc, id).toMatch(/^(?:RFC \d+, )?\d+(?:\.\d+)*$/)
    }
  })

  it('gives only open cases an end that is open', () => {
    const open = cases.filter(({ expect }) => expect.end.kind === 'any').map(({ id }) => id)
    expect(open).toEqual(['7.1.6', '7.13.1', '7.13.2'])
  })

  it('orders its cases by number, and not by letter', () => {
    const ids = ['10.1.1', '2.10', '2.9', '6.22.34', '6.22.4']
    expect(ids.toSorted(compareIds)).toEqual(['2.9', '2.10', '6.22.4', '6.22.34', '10.1.1'])
    expect(groupOf('6.22.34')).toBe('6.22')
  })

  it('sends text that is UTF-8, of exactly the size it says', () => {
    for (const size of [0, 1, 2, 3, 64, 65_521, 65_536, 200_001]) {
      const text = textOf(size)
      expect(text).toHaveLength(size)
      expect(isUtf8Oracle(text)).toBe(true)
    }
  })
})
