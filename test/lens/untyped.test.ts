import { describe, expect, test } from 'vitest'
import { Body } from '../../src/lens/body.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { socketStub } from '../routing/fixtures.ts'
import { FakeClient } from './fake-peers.ts'
import { requestFor } from './requests.ts'

// What the types refuse, for those who have none: a failure of the lens would blame the peer, with each request.
const call = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
  Reflect.apply(fn, undefined, args)

describe('a lens refuses at once', () => {
  test.each<[what: string, refused: () => unknown, message: string]>([
    ['no name', () => call(Query.int().required), 'a lens for a query needs a name, not undefined'],
    ['no name', () => call(Path.int().optional, 5), 'a lens for a path needs a name, not number'],
    [
      'no name',
      () => call(Header.int().multi.defaulted, null, []),
      'a lens for a header needs a name, not null',
    ],
    ['no map', () => call(Query.int().map, 5), 'a lens maps by a function, not number'],
    ['no map', () => call(Message.text().map), 'a lens maps by a function, not undefined'],
    [
      'no way back',
      () => call(Query.int().map, BigInt, 5),
      'a lens maps back by a function, not number',
    ],
    [
      'no format',
      () => call(Message.format),
      'a lens takes a format that has encode and decode, such as json',
    ],
    [
      'half a format',
      () => call(Body.format, { decode() {} }),
      'a lens takes a format that has encode and decode, such as json',
    ],
    [
      'the other half',
      () => call(Body.format, { encode() {} }),
      'a lens takes a format that has encode and decode, such as json',
    ],
  ])('%s', (_, refused, message) => {
    expect(refused).toThrow(new TypeError(message))
  })
})

test.each<[kind: string, peer: object]>([
  ['socket', socketStub()],
  ['client', new FakeClient()],
  ['session', { incoming: {} }],
])('a typed %s is made of lenses', (_, peer) => {
  const move = Message.json()
  expect(() => call(typed, peer, { receive: {}, send: move })).toThrow(
    new TypeError('typed needs a lens to receive, not object'),
  )
  expect(() => call(typed, peer, { receive: move, send: move.map(String) })).toThrow(
    new TypeError('typed needs a lens to send, with create, not undefined'),
  )
  expect(() => call(typed, peer, { receive: move, send: null })).toThrow(
    new TypeError('typed needs a lens to send, with create, not undefined'),
  )
})

test('a default of another type is what its readers get', () => {
  const defaults = [Query.date(), Query.bytes()].map((spec) => call(spec.defaulted, 'x', null))
  expect(defaults.map((lens) => call(lens as () => unknown, requestFor()))).toEqual([null, null])
})
