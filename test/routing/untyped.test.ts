import { describe, expect, test } from 'vitest'
import { bind, where } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { get, says } from './fixtures.ts'

// What the types refuse, for those who have none.
const call = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
  Reflect.apply(fn, undefined, args)

describe('what is no function', () => {
  const router = websockets(bind('/', () => says('hello')))
  const pages = routes(bind('/', () => new Response('hello')))

  test.each<[who: string, refused: () => unknown, message: string]>([
    ['withFilter', () => call(router.withFilter, 5), 'a filter of sockets, not number'],
    ['withHandshake', () => call(router.withHandshake, {}), 'a filter of handshakes, not object'],
    ['withFilter', () => call(pages.withFilter, null), 'a filter of HTTP handlers, not null'],
    ['compose', () => call(compose, () => {}, undefined), 'filters, not undefined'],
    [
      'where',
      () =>
        call(
          where,
          true,
          bind('/', () => undefined),
        ),
      'a predicate, not boolean',
    ],
  ])('is refused at once by %s', (who, refused, message) => {
    expect(refused).toThrow(new TypeError(`${who} needs ${message}`))
  })

  test.each([undefined, 5, {}])('is named when a filter answers it: %j', (answer) => {
    const filter = (): unknown => answer
    const type = typeof answer
    const handshakes = call(router.withHandshake, filter) as typeof router
    expect(() => handshakes(get('/'))).toThrow(
      new TypeError(`a filter has to return a handler, not ${type}`),
    )
    const sockets = call(router.withFilter, filter) as typeof router
    expect(() => sockets(get('/'))).toThrow(
      new TypeError(`a filter has to return a consumer, not ${type}`),
    )
    const http = call(pages.withFilter, filter) as typeof pages
    expect(() => http(get('/'))).toThrow(
      new TypeError(`a filter has to return a handler, not ${type}`),
    )
  })
})

test('a filter of sockets among those of handshakes is named, and does not hide the routes', () => {
  const router = websockets(bind('/', () => says('hello')))
  const filter: WsFilter = (next) => (socket) => next(decorate(socket, {}))
  const filtered = call(router.withHandshake, filter) as typeof router
  expect(() => filtered(get('/'))).toThrow(
    new TypeError('withHandshake needs a filter of handshakes, not of sockets'),
  )
})

test.each([null, 5, 'hello'])(
  'a decision that is none is left for the server to name: %j',
  (none) => {
    const router = websockets(bind('/', () => says('hello')))
    const decided = call(router.withHandshake, () => () => none) as typeof router
    expect(decided.withFilter((next) => next)(get('/'))).toBe(none)
  },
)

test('a predicate that answers with a promise lets nobody in', () => {
  const refuses = async (): Promise<boolean> => false
  for (const route of [
    call(bind, refuses, () => says('secret')),
    call(
      where,
      refuses,
      bind('/', () => says('secret')),
    ),
  ]) {
    const guarded = call(websockets, route) as ReturnType<typeof websockets>
    expect(() => guarded(get('/'))).toThrow(
      new TypeError('a predicate of routes cannot be asynchronous'),
    )
  }
})

test('a misspelt half of an application is named, and not left out', () => {
  expect(() => call(poly, { http: says('a'), wss: () => undefined })).toThrow(
    new TypeError('poly() has no option wss: there are http, ws'),
  )
})
