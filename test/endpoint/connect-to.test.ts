import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindEndpoint } from '../../src/endpoint/bind-endpoint.ts'
import { connectTo, requestTo } from '../../src/endpoint/connect-to.ts'
import { endpoint } from '../../src/endpoint/endpoint.ts'
import { Header } from '../../src/lens/header.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { anyText } from '../support/text.ts'

const room = endpoint('/rooms/:room', {})
const urlOf = (base: string | URL, name: string): string =>
  requestTo(room, base, { room: name }).url

describe('the request of a client', () => {
  test('goes to the path of the endpoint, below that of the base', () => {
    expect(urlOf('ws://localhost:9000', 'a')).toBe('ws://localhost:9000/rooms/a')
    expect(urlOf('ws://localhost:9000/', 'a')).toBe('ws://localhost:9000/rooms/a')
    expect(urlOf(new URL('https://example.com/api/'), 'a')).toBe('https://example.com/api/rooms/a')
    expect(urlOf('wss://ann:secret@example.com/api?token=t', 'a')).toBe(
      'wss://ann:secret@example.com/api/rooms/a?token=t',
    )
    expect(urlOf('', 'a')).toBe('/rooms/a')
  })

  test('goes to the base itself, where the path of the endpoint is its root', () => {
    const root = endpoint('/', {})
    expect(requestTo(root, 'ws://localhost/api', {}).url).toBe('ws://localhost/api')
    expect(requestTo(root, 'ws://localhost', {}).url).toBe('ws://localhost')
  })

  test('has no values but those of the endpoint', () => {
    const root = endpoint('/', {})
    expect(() => requestTo(root, '', { room: 'a' } as never)).toThrow(
      new TypeError("the endpoint '/' has no value 'room', its values: none"),
    )
    expect(() => requestTo(room, '', { room: 'a', seat: 1 } as never)).toThrow(
      new TypeError("the endpoint '/rooms/:room' has no value 'seat', its values: room"),
    )
  })

  test('has values of its own, not those that every object has', () => {
    const race = endpoint('/races/:constructor', {
      request: { valueOf: Query.string().optional('v'), toString: Query.string().optional('t') },
    })
    // The compiler finds these names in every object, too.
    const given = (values: object): string => requestTo(race, '', values as never).url
    expect(given({ constructor: 'Lotus' })).toBe('/races/Lotus')
    expect(given({ constructor: 'Lotus', valueOf: 'a', toString: 'b' })).toBe(
      '/races/Lotus?v=a&t=b',
    )
    expect(() => given({})).toThrow("path 'constructor': expected text, got undefined")
  })

  test('takes the values of an instance of a class', () => {
    class Seat {
      readonly #name = 'a'
      get room(): string {
        return this.#name
      }
    }
    expect(requestTo(room, '', new Seat()).url).toBe('/rooms/a')
  })

  test.each([
    ['undefined', undefined],
    ['function', () => {}],
    ['an array', []],
    ['null', null],
  ])('takes no %s for values', (kind, values) => {
    expect(() => requestTo(room, '', values as never)).toThrow(
      new TypeError(`the endpoint '/rooms/:room' needs an object of values, not ${kind}`),
    )
  })

  test('has each value where its lens puts it', () => {
    const chat = endpoint('/rooms/:room/:seat', {
      protocol: 'chat.v1',
      request: {
        seat: Path.int().required('seat'),
        after: Query.int().optional('since'),
        page: Query.int().defaulted('page', 1),
        user: Header.string().required('X-User'),
      },
    })
    const values = { room: 'a b', seat: 3, user: 'ann' }
    expect(requestTo(chat, 'ws://h/?t=1', { ...values, after: -4, page: 2 })).toEqual({
      url: 'ws://h/rooms/a%20b/3?t=1&since=-4&page=2',
      options: { protocols: ['chat.v1'], headers: [['x-user', 'ann']] },
    })
    expect(requestTo(chat, 'ws://h', { ...values, after: undefined }).url).toBe(
      'ws://h/rooms/a%20b/3',
    )
  })

  test('has no options that the endpoint does not need: pages cannot send headers', () => {
    const token = endpoint('/', { request: { token: Header.string().optional('X-Token') } })
    expect(requestTo(token, 'ws://h', {})).toStrictEqual({ url: 'ws://h', options: {} })
  })

  test.each(['', '.', '..'])('cannot have %j as a segment of its path', (name) => {
    expect(() => urlOf('ws://h', name)).toThrow(
      `path 'room': expected a segment of a path: not empty, '.' or '..', got '${name}'`,
    )
  })

  test('lacks nothing that is required', () => {
    const page = endpoint('/', { request: { page: Query.int().required('page') } })
    for (const [to, what] of [
      [room, "path 'room': expected text, got undefined"],
      [page, "query 'page': expected an integer, got undefined"],
    ] as const) {
      expect(() => Reflect.apply(requestTo, undefined, [to, 'ws://h', {}])).toThrow(what)
    }
  })
})

test('what a client puts into its request, the server reads', () => {
  const each = endpoint('/a/:text/b/:number', {
    request: {
      number: Path.int().required('number'),
      query: Query.string().required('?q&=/ü'),
      list: Query.string().multi.required('list'),
      date: Query.date().optional('date'),
      page: Query.int().defaulted('page', 7),
      header: Header.bytes().required('X-Bytes'),
    },
    fromServer: Message.json(),
  })
  let read: unknown
  const app = websockets(
    bindEndpoint(each, (values) => {
      read = values
      return () => {}
    }),
  )
  fc.assert(
    fc.property(
      fc.record({
        text: fc.oneof(anyText, fc.constantFrom('/', '%', '%2F', 'a/../b', '?', '#', ':text', '*')),
        number: fc.maxSafeInteger(),
        query: anyText,
        list: fc.array(anyText, { minLength: 1, maxLength: 3 }),
        date: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
        page: fc.option(fc.maxSafeInteger(), { nil: undefined }),
        header: fc.uint8Array({ maxLength: 9 }).map((bytes) => Uint8Array.from(bytes)),
      }),
      fc.constantFrom('', 'http://localhost', 'http://localhost/?list=other'),
      (values, base) => {
        read = undefined
        try {
          connectTo(each, base, values, (url, options) => testWsClient(app, url, options))
        } catch (thrown) {
          if (!(thrown instanceof LensFailure)) throw thrown
          expect(['', '.', '..']).toContain(values.text)
          return
        }
        expect(read).toStrictEqual({ ...values, page: values.page ?? 7 })
      },
    ),
  )
})
