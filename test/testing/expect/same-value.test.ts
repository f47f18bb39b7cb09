import { describe, expect, test } from 'vitest'
import { sameValue } from '../../../src/testing/expect/same-value.ts'

class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}

describe('sameValue', () => {
  test.each<[unknown, unknown]>([
    [1, 1],
    [Number.NaN, Number.NaN],
    ['a', 'a'],
    [null, null],
    [
      { a: [1, { b: 2 }], c: undefined },
      { c: undefined, a: [1, { b: 2 }] },
    ],
    [[], []],
    [{}, {}],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [new Date(5), new Date(5)],
    [new Date(Number.NaN), new Date(Number.NaN)],
    [new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
    [new Set([1]), new Set([1])],
    [new Point(1), new Point(1)],
    [5, expect.any(Number)],
    [{ a: 'abc' }, { a: expect.stringMatching(/b/) }],
  ])('holds for %o and %o', (a, b) => {
    expect(sameValue(a, b)).toBe(true)
  })

  test.each<[unknown, unknown]>([
    [1, '1'],
    [0, -0],
    [null, undefined],
    [null, {}],
    [{}, null],
    [[], {}],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [
      [1, 2],
      [1, 3],
    ],
    [[1], [1, 2]],
    [Uint8Array.of(1), [1]],
    [Uint8Array.of(1), Uint16Array.of(1)],
    [new Date(5), new Date(6)],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new Point(1), { x: 1 }],
    [new URL('http://a/'), new URL('http://b/')],
    [/a/, /b/],
    ['5', expect.any(Number)],
  ])('does not hold for %o and %o', (a, b) => {
    expect(sameValue(a, b)).toBe(false)
  })
})
