import { describe, expect, test } from 'vitest'
import { Header } from '../../src/lens/header.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

describe('a header lens', () => {
  test('reads the whole header, whatever the case of its name', () => {
    const user = Header.string().required('X-User')
    expect(user(requestFor('/', { 'x-user': 'ann, bob' }))).toBe('ann, bob')
    expect(() => user(requestFor())).toThrow("header 'X-User': expected text")
  })

  test('writes a copy with the header', () => {
    const user = Header.string().optional('X-User')
    const request = requestFor('/', { 'x-user': 'ann', 'x-other': '1' })
    const copy = user.create('bob')(request)
    expect([...copy.headers]).toEqual([
      ['x-other', '1'],
      ['x-user', 'bob'],
    ])
    expect(user(copy)).toBe('bob')
    expect(user(request)).toBe('ann')
    expect(user(user.create(undefined)(copy))).toBeUndefined()
  })

  test('splits a list at its commas', () => {
    const ids = Header.int().multi.required('X-Ids')
    expect(ids(requestFor('/', { 'x-ids': '1 ,\t2,, 3 ,' }))).toEqual([1, 2, 3])
    expect(ids.create([4, 5])(requestFor()).header('x-ids')).toBe('4, 5')
    for (const value of ['', ' , ,']) {
      expect(lensFailureOf(() => ids(requestFor('/', { 'x-ids': value })))).toMatchObject({
        kind: 'missing',
        expected: 'an integer',
      })
    }
  })

  test.each(['a\r\nb', 'a\0', '\u007f', ' a', 'a\t', '€'])('does not write %j', (value) => {
    expect(lensFailureOf(() => Header.string().required('X-User').create(value)).kind).toBe(
      'invalid',
    )
  })

  test.each(['', 'a,b', ' a', 'a\n'])('does not write %j in a list', (value) => {
    expect(() => Header.string().multi.required('X-User').create(['x', value, 'y'])).toThrow(
      "header 'X-User': expected text that a ",
    )
  })

  test.each(['', 'a b', 'é', 'a:', 'a\n'])('is not made for the name %j', (name) => {
    expect(() => Header.string().required(name)).toThrow(TypeError)
  })

  test('takes time linear in the header', () => {
    const spaces = `a${' '.repeat(1_000_000)}b`
    const lens = Header.string().multi.required('X-User')
    const started = performance.now()
    expect(lens(requestFor('/', { 'x-user': spaces }))).toEqual([spaces])
    // What backtracks takes minutes for so many, on any machine.
    expect(performance.now() - started).toBeLessThan(30_000)
  })
})
