import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

describe('a query lens', () => {
  test('reads the first value, decoded as a form is', () => {
    const name = Query.string().required('first name')
    expect(name(requestFor('/?a=1&first+name=Ann%20B+C&first%20name=D#f?first+name=x'))).toBe(
      'Ann B C',
    )
  })

  test.each([
    ['100%', '100%'],
    ['%zz', '%zz'],
    ['%ff', '\ufffd'],
    ['%E2%82', '\ufffd'],
    ['a=b', 'a=b'],
  ])('reads malformed encoding %s as %s', (raw, text) => {
    expect(Query.string().required('q')(requestFor(`/?q=${raw}`))).toBe(text)
  })

  test('tells missing from empty', () => {
    const page = Query.int().required('page')
    const text = Query.string().optional('page')
    for (const path of ['/', '/?', '/?pages=1', '/#?page=1', '/?Page=1']) {
      expect(text(requestFor(path))).toBeUndefined()
      expect(lensFailureOf(() => page(requestFor(path)))).toMatchObject({
        kind: 'missing',
        message: "query 'page': expected an integer, got nothing",
      })
    }
    for (const path of ['/?page', '/?page=', '/?&page=&']) {
      expect(text(requestFor(path))).toBe('')
      expect(lensFailureOf(() => page(requestFor(path)))).toMatchObject({
        kind: 'invalid',
        message: "query 'page': expected an integer, got ''",
      })
    }
  })

  test('of several values has a default that each reader gets for itself', () => {
    const ids = Query.int().multi.defaulted('id', [1])
    ids(requestFor()).push(2)
    expect(ids(requestFor())).toEqual([1])
  })

  test('of a date or of bytes has a default that each reader gets for itself', () => {
    const since = new Date(0)
    Query.date().defaulted('since', since)(requestFor()).setTime(1)
    const [each] = Query.date().multi.defaulted('since', [since])(requestFor())
    each!.setTime(2)
    const key = Query.bytes().defaulted('key', Buffer.from([0]))
    key(requestFor())[0] = 1
    expect([since.getTime(), ...key(requestFor())]).toEqual([0, 0])
  })

  test('has a default that each reader gets for itself behind a schema or a map, too, and of the same class', () => {
    const since = Query.date().schema(z.date()).defaulted('since', new Date(0))
    since(requestFor()).setTime(1)
    expect(since(requestFor())).toEqual(new Date(0))
    const key = Query.bytes()
      .schema(z.instanceof(Uint8Array))
      .multi.defaulted('key', [Uint8Array.of(0)])
    key(requestFor())[0]?.fill(1)
    expect(key(requestFor())).toEqual([Uint8Array.of(0)])
    const buffer = Query.bytes()
      .map((bytes) => Buffer.from(bytes))
      .defaulted('buffer', Buffer.of(0))
    buffer(requestFor()).fill(1)
    expect(buffer(requestFor())).toEqual(Buffer.of(0))
    class Day extends Date {}
    const day = Query.date().map((date) => new Day(date))
    expect(day.defaulted('day', new Day(0))(requestFor())).toBeInstanceOf(Day)
  })

  test('that is defaulted or optional still refuses what is wrong', () => {
    const page = Query.int().defaulted('page', 1)
    expect(page(requestFor('/'))).toBe(1)
    expect(page(requestFor('/?page=2'))).toBe(2)
    expect(() => page(requestFor('/?page=two'))).toThrow(
      "query 'page': expected an integer, got 'two'",
    )
    expect(() => Query.int().optional('page')(requestFor('/?page=two'))).toThrow('an integer')
  })

  test('with several values reads and writes all of them', () => {
    const ids = Query.int().multi.required('id')
    expect(ids(requestFor('/?id=1&x=9&id=2'))).toEqual([1, 2])
    expect(ids.create([3, 4])(requestFor('/?id=1&x=9&id=2')).url).toBe(
      'http://example.org/?x=9&id=3&id=4',
    )
    expect(() => ids(requestFor('/?id=1&id=b'))).toThrow("query 'id': expected an integer, got 'b'")
    expect(lensFailureOf(() => ids(requestFor('/'))).kind).toBe('missing')
  })

  test('does not write an empty list that would read as something else', () => {
    expect(() => Query.int().multi.required('id').create([])).toThrow(
      "query 'id': expected at least one value, got nothing",
    )
    expect(() => Query.int().multi.optional('id').create([])).toThrow('at least one value')
    expect(() => Query.int().multi.defaulted('id', [1]).create([])).toThrow('at least one value')
    const ids = Query.int().multi.defaulted('id', [])
    expect(ids(ids.create([])(requestFor('/?id=1')))).toEqual([])
  })

  test('writes a copy with another url', () => {
    const page = Query.int().required('page')
    const request = requestFor('/a/b?page=1&q=x#end', { 'x-user': 'ann' })
    const copy = page.create(-2)(request)
    expect(copy.url).toBe('http://example.org/a/b?q=x&page=-2#end')
    expect(copy.header('x-user')).toBe('ann')
    expect(request.url).toBe('http://example.org/a/b?page=1&q=x#end')
  })

  test('that is optional takes the parameter away for undefined', () => {
    const page = Query.int().optional('page')
    expect(page.create(undefined)(requestFor('/a?page=1#f')).url).toBe('http://example.org/a#f')
    expect(page.create(3)(requestFor('/a')).url).toBe('http://example.org/a?page=3')
  })

  test('that is defaulted writes undefined by leaving it out: it then reads as the default', () => {
    const page = Query.int().defaulted('page', 7)
    const without = page.create(undefined)(requestFor('/a?page=1'))
    expect(without.url).toBe('http://example.org/a')
    expect(page(without)).toBe(7)
    const ids = Query.int().multi.defaulted('id', [1])
    expect(ids(ids.create(undefined)(requestFor('/a?id=2')))).toEqual([1])
  })

  test('says what it is about', () => {
    expect(Query.int().required('page').meta).toEqual({
      target: 'query',
      name: 'page',
      type: 'int',
      required: true,
    })
    expect(Query.bytes().multi.defaulted('key', []).meta).toEqual({
      target: 'query',
      name: 'key',
      type: 'bytes[]',
      required: false,
    })
    expect(Query.date().map(String).optional('day').meta).toMatchObject({ type: 'date' })
    expect(Query.string().optional('q').meta).toMatchObject({ type: 'string' })
    expect(Query.enum('asc', 'desc').multi.optional('order').meta).toMatchObject({
      type: 'enum[]',
      values: ['asc', 'desc'],
    })
  })

  test('tells the first schema of its texts, but none of what a map made of them', () => {
    const [first, second] = [z.string(), z.string()]
    expect(Query.string().schema(first).schema(second).optional('q').meta.schema).toBe(first)
    const length = Query.string().map((text) => text.length, String)
    expect(length.schema(z.number()).optional('q').meta.schema).toBeUndefined()
  })
})

describe('a mapped lens', () => {
  const even = (n: number): number => {
    if (n % 2 !== 0) throw new Error('the secret reason')
    return n / 2
  }

  test('reads one way, and cannot write', () => {
    const half = Query.int().map(even).required('n')
    expect(half(requestFor('/?n=6'))).toBe(3)
    expect('create' in half).toBe(false)
    expect(Query.int().map(even).map(String).multi.required('n')(requestFor('/?n=2&n=4'))).toEqual([
      '1',
      '2',
    ])
  })

  test('reads and writes two ways', () => {
    const half = Query.int().map(even, (n) => n * 2)
    const lens = half.required('n')
    expect(lens(lens.create(5)(requestFor()))).toBe(5)
    expect(lens.create(5)(requestFor()).url).toBe('http://example.org/?n=10')
    expect(half.multi.required('n').create([1, 2])(requestFor()).url).toMatch(/\?n=2&n=4$/)
  })

  test('makes a failure of what the map throws, and keeps the reason to itself', () => {
    const failure = lensFailureOf(() => Query.int().map(even).required('n')(requestFor('/?n=7')))
    expect(failure.message).toBe("query 'n': expected an integer that its map accepts, got '7'")
    expect(failure.cause).toEqual(new Error('the secret reason'))
  })

  test('makes a failure of what the map back throws', () => {
    const lens = Query.int()
      .map(String, (text) => {
        if (text === '') throw new Error('empty')
        return Number(text)
      })
      .required('n')
    expect(lensFailureOf(() => lens.create('')).message).toBe(
      "query 'n': expected a value that its map accepts, got ''",
    )
    expect(lensFailureOf(() => lens.create('x')).message).toBe(
      "query 'n': expected an integer, got NaN",
    )
  })

  test('leaves a missing value to the lens', () => {
    expect(Query.int().map(even).optional('n')(requestFor())).toBeUndefined()
    expect(Query.int().map(even).defaulted('n', 0.5)(requestFor())).toBe(0.5)
    const text = Query.string().map<string | null>(
      (value) => value,
      (value) => value ?? '',
    )
    expect(text.defaulted('q', null)(requestFor())).toBeNull()
  })
})

test('what a caller without types hands over is a failure, whatever it does when looked at', () => {
  const trap = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new Error('do not look')
      },
    },
  )
  for (const value of [trap, Object.create(Date.prototype), Object.create(Uint8Array.prototype)]) {
    for (const spec of [Query.string(), Query.int(), Query.date(), Query.bytes()]) {
      lensFailureOf(() => spec.required('a').create(value as never))
    }
    lensFailureOf(() => Message.binary().create(value as never))
  }
  expect(
    lensFailureOf(() =>
      Query.int()
        .multi.required('a')
        .create(1 as never),
    ).message,
  ).toBe("query 'a': expected an array, got 1")
})
