import { describe, expect, test } from 'vitest'
import {
  headerField,
  integer,
  type Kind,
  literalPath,
  milliseconds,
  notEmpty,
  origin,
  orWord,
  perSecond,
  subprotocol,
} from '../../../src/cli/arguments/kinds.ts'

describe('what an option takes', () => {
  const port = integer(0, 65_535)
  const wait = orWord(milliseconds(1), 'forever', Infinity)

  test.each<[string, Kind<unknown>, string, unknown]>([
    ['an integer', port, '0', 0],
    ['an integer', port, '65535', 65_535],
    ['an integer without a bound', integer(0), '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['milliseconds', milliseconds(0), '2147483647', 2_147_483_647],
    ['milliseconds', milliseconds(0), '5ms', 5],
    ['milliseconds', milliseconds(0), '30s', 30_000],
    ['milliseconds', milliseconds(0), '5m', 300_000],
    ['milliseconds', milliseconds(0), '2h', 7_200_000],
    ['a rate', perSecond, '0.5', 0.5],
    ['a rate', perSecond, '1000000', 1_000_000],
    ['a number or a word', wait, 'forever', Infinity],
    ['a number or a word', wait, '5', 5],
    ['text', notEmpty, ' ', ' '],
    ['a subprotocol', subprotocol, 'chat.v1', 'chat.v1'],
    ['an origin', origin, 'https://example.org', 'https://example.org'],
    ['an origin', origin, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['an origin', origin, 'null', 'null'],
    ['an origin', origin, 'chrome-extension://abc', 'chrome-extension://abc'],
    ['a path', literalPath, '/', '/'],
    ['a path', literalPath, '/a/%C3%A9', '/a/%C3%A9'],
    ['a header', headerField, 'X-User: ann', ['X-User', 'ann']],
    ['a header', headerField, 'X-Time:10:30 ', ['X-Time', '10:30']],
    ['a header', headerField, 'X-Empty:', ['X-Empty', '']],
  ])('is %s: %j', (_, kind, text, value) => {
    expect(kind.parse(text)).toEqual(value)
  })

  test.each<[string, Kind<unknown>, string]>([
    ['an integer', port, ''],
    ['an integer', port, '65536'],
    ['an integer', port, '-1'],
    ['an integer', port, '1e3'],
    ['an integer', port, '0x10'],
    ['an integer', port, ' 1'],
    ['an integer', integer(0), '9007199254740992'],
    ['milliseconds', milliseconds(1), '0'],
    ['milliseconds', milliseconds(0), '2147483648'],
    ['milliseconds', milliseconds(0), '597h'],
    ['milliseconds', milliseconds(0), '1.5s'],
    ['milliseconds', milliseconds(0), 's'],
    ['a rate', perSecond, '0'],
    ['a rate', perSecond, '1000001'],
    ['a rate', perSecond, '.5'],
    ['a rate', perSecond, '1e3'],
    ['a number or a word', wait, 'ever'],
    ['text', notEmpty, ''],
    ['a subprotocol', subprotocol, 'a,b'],
    ['a subprotocol', subprotocol, ''],
    ['an origin', origin, 'example.org'],
    ['an origin', origin, 'https://example.org/'],
    ['an origin', origin, 'https://example.org:443'],
    ['an origin', origin, '*'],
    ['an origin', origin, 'wss://example.org'],
    ['a path', literalPath, 'echo'],
    ['a path', literalPath, '/:room'],
    ['a path', literalPath, '/é'],
    ['a path', literalPath, '/a?b'],
    ['a header', headerField, 'ann'],
    ['a header', headerField, ': ann'],
    ['a header', headerField, 'X User: ann'],
  ])('is not %s: %j', (_, kind, text) => {
    expect(kind.parse(text)).toBeUndefined()
  })

  test('says what would be right', () => {
    expect(port.expected).toBe('a whole number from 0 to 65535')
    expect(integer(0, undefined, 'bytes').expected).toBe('a whole number of bytes from 0 up')
    expect(wait.expected).toBe(
      "a whole number of milliseconds from 1 to 2147483647, or with a unit, such as '30s', or 'forever'",
    )
  })

  test.each([
    ['a subprotocol', subprotocol],
    ['an origin', origin],
    ['a path', literalPath],
    ['a header', headerField],
    ['milliseconds', milliseconds(1)],
    ['a rate', perSecond],
  ])('names an example of %s that is right', (_, { expected, parse }) => {
    const [, example = ''] = /, such as '(.+)'$/.exec(expected) ?? []
    expect(parse(example)).toBeDefined()
  })
})
