import { describe, expect, test } from 'vitest'
import { Query } from '../../src/lens/query.ts'
import type { RequestLens } from '../../src/lens/request-lens.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

/** What `lens`, a lens for the parameter `x`, reads out of `text`. */
function read<Out>(lens: RequestLens<Out, never>, text: string): Out {
  return lens(requestFor(`/?x=${encodeURIComponent(text)}`))
}

describe('each type', () => {
  const string = Query.string().required('x')
  const int = Query.int().required('x')
  const number = Query.number().required('x')
  const boolean = Query.boolean().required('x')
  const date = Query.date().required('x')
  const uuid = Query.uuid().required('x')
  const order = Query.enum('asc', "des'c").required('x')
  const bytes = Query.bytes().required('x')

  test.each([
    [string, '', ''],
    [string, ' a&=+%/é😀\0', ' a&=+%/é😀\0'],
    [int, '0', 0],
    [int, '-12', -12],
    [int, '007', 7],
    [int, '9007199254740991', Number.MAX_SAFE_INTEGER],
    [number, '1.5', 1.5],
    [number, '-2e-3', -0.002],
    [number, '1E+21', 1e21],
    [boolean, 'true', true],
    [boolean, 'false', false],
    [date, '2024-02-29', new Date('2024-02-29T00:00:00.000Z')],
    [date, '2024-02-29T23:59:59.123+01:00', new Date('2024-02-29T22:59:59.123Z')],
    [date, '2024-02-29T24:00Z', new Date('2024-03-01T00:00:00.000Z')],
    [date, '+275760-09-13T00:00:00.000Z', new Date(8.64e15)],
    [date, '+002024-02-29', new Date('2024-02-29T00:00:00.000Z')],
    [date, '-000001-01-01', new Date('-000001-01-01T00:00:00.000Z')],
    [uuid, '0190b5a1-8f2c-7000-8000-00000000000f', '0190b5a1-8f2c-7000-8000-00000000000f'],
    [uuid, '00000000-0000-0000-0000-00000000000F', '00000000-0000-0000-0000-00000000000F'],
    [order, "des'c", "des'c"],
    [bytes, '', new Uint8Array()],
    [bytes, '-_8', Uint8Array.of(0xfb, 0xff)],
  ])('%# reads %j', (lens, text, value) => {
    expect(read<unknown>(lens, text)).toEqual(value)
  })

  test.each([
    [int, 'an integer', ['', 'abc', '1.0', '1e3', ' 1', '+1', '0x10', '--1', '9007199254740992']],
    [number, 'a number', ['', '.5', '5.', 'NaN', 'Infinity', '1e999', '1,5', '0x1', '1n', '٣']],
    [boolean, "'true' or 'false'", ['', 'TRUE', '1', 'yes', 'true ']],
    [
      date,
      'a date such as 2026-01-31 or 2026-01-31T12:00:00Z',
      [
        '',
        'today',
        '2024',
        '2024-02',
        '2024-02-30',
        '2023-02-29T10:00:00Z',
        '2024-13-01',
        '2024-00-01',
        '2024-01-01T10:00:00',
        '2024-01-01T25:00Z',
        '2024-01-01 10:00Z',
        '-000000-01-01',
        '+999999-01-01',
        '-271821-04-19T23:00:00-01:00',
        '1 Jan 2024',
      ],
    ],
    [uuid, 'a UUID', ['', '0190b5a1', '0190b5a18f2c70008000000000000000', `{${'0'.repeat(36)}}`]],
    [order, "one of 'asc', 'des\\'c'", ['', 'ASC', 'toString']],
    [
      bytes,
      'bytes as base64url without padding',
      ['=', 'A', 'AAAAA', 'AA==', '=AA', '+/8', 'AB', 'é', 'éé', 'A A'],
    ],
  ])('%# refuses what is not %s', (lens, expected, texts) => {
    for (const text of texts) {
      const failure = lensFailureOf(() => read<unknown>(lens, text))
      expect(failure).toMatchObject({ kind: 'invalid', target: 'query', field: 'x', expected })
    }
  })

  test.each([
    [string, 'a\ud800'],
    [string, 1],
    [int, 1.5],
    [int, 2 ** 53],
    [int, '1'],
    [int, 1n],
    [number, Number.NaN],
    [number, -Infinity],
    [boolean, 'true'],
    [date, new Date(Number.NaN)],
    [date, '2024-01-01'],
    [uuid, 'no'],
    [uuid, ['0190b5a1-8f2c-7000-8000-00000000000f']],
    [order, 'up'],
    [bytes, 'AA'],
    [bytes, [1, 2]],
    [string, undefined],
    [string, null],
    [string, Symbol('s')],
    [date, Proxy.revocable({}, {}).proxy],
  ])('%# does not write %s', (lens, value) => {
    // What the types forbid, callers without types still do.
    expect(lensFailureOf(() => lens.create(value as never)).kind).toBe('invalid')
  })

  test('a number keeps the sign of zero', () => {
    for (const lens of [int, number]) {
      expect(lens(lens.create(-0)(requestFor()))).toBe(-0)
    }
  })

  test('an enum needs a value', () => {
    // @ts-expect-error: at least one value
    expect(() => Query.enum()).toThrow(new TypeError('an enum needs at least one value'))
    expect(() => Reflect.apply(Query.enum, undefined, ['asc', ['des']])).toThrow(
      new TypeError('argument 2 of an enum has to be a string, not an array'),
    )
    expect(() => Reflect.apply(Query.enum, undefined, [1])).toThrow('argument 1 of an enum')
  })
})
