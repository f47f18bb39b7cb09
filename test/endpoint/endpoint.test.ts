import { describe, expect, test } from 'vitest'
import { connectTo, requestTo } from '../../src/endpoint/connect-to.ts'
import { endpoint } from '../../src/endpoint/endpoint.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'

describe('an endpoint is refused when it is defined', () => {
  const untyped = (path: string, spec: object) => (): unknown =>
    Reflect.apply(endpoint, undefined, [path, spec])

  test.each([
    ['without a slash', untyped('rooms', {}), "invalid path template 'rooms'"],
    ['with a wildcard at its end', untyped('/files/*', {}), "invalid endpoint '/files/*'"],
    ['with one elsewhere', untyped('/a/*/b', {}), "its path has no '*'"],
    ['with a protocol that is no token', untyped('/', { protocol: 'a b' }), "'a b' cannot be"],
    ['with an unknown option', untyped('/', { query: {} }), 'endpoint() has no option query'],
    [
      'with a lens for a parameter that its path lacks',
      untyped('/', { request: { room: Path.int().required('room') } }),
      "the lens 'room' is for the path 'room'",
    ],
    [
      'with a lens for a parameter under another name',
      untyped('/:room', { request: { number: Path.int().required('room') } }),
      "the lens 'number' is for the path 'room'",
    ],
    [
      'with a lens that has the name of a parameter',
      untyped('/:room', { request: { room: Query.int().required('room') } }),
      "the lens 'room' is for the query 'room'",
    ],
    [
      'with a parameter that may be missing',
      untyped('/:room', { request: { room: Path.int().optional('room') } }),
      "the parameter 'room' is required",
    ],
    [
      'with two lenses for one field',
      untyped('/', {
        request: { page: Query.int().required('p'), size: Query.int().optional('p') },
      }),
      "invalid endpoint '/': the lenses 'page' and 'size' are both for the query 'p'",
    ],
    [
      'with two lenses for one header, however it is written',
      untyped('/', {
        request: { a: Header.string().optional('X-A'), b: Header.int().multi.optional('x-a') },
      }),
      "the lenses 'a' and 'b' are both for the header 'x-a'",
    ],
    [
      'with a lens that only reads',
      untyped('/', { request: { length: Query.string().map(Number).required('length') } }),
      "'length' is no lens that reads and writes",
    ],
    [
      'with no lens at all',
      untyped('/', { request: { a: 5 } }),
      "'a' is no lens that reads and writes",
    ],
    ['with a side that is no lens', untyped('/', { fromClient: 5 }), 'needs a lens'],
    [
      'with a side that only reads',
      untyped('/', { fromServer: Message.text().map(Number) }),
      'needs a lens to send, with create',
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

test('an endpoint needs nothing but a path', () => {
  expect(endpoint('/rooms/:room')).toMatchObject({ path: '/rooms/:room', protocol: undefined })
})

test('fields of one name may be in several parts of a request, and names of parameters differ by their case', () => {
  const request = {
    query: Query.int().required('n'),
    upper: Query.int().required('N'),
    header: Header.int().required('n'),
    n: Path.int().required('n'),
  }
  const values = { query: 1, upper: 2, header: 3, n: 4 }
  expect(requestTo(endpoint('/:n', { request }), '', values)).toEqual({
    url: '/4?n=1&N=2',
    options: { headers: [['n', '3']] },
  })
})

test('the views of both sides are those of typed', () => {
  const sums = endpoint('/', {
    fromClient: Message.json().map(Number, String),
    fromServer: Message.text(),
  })
  const handler: WsHandler = () => (plain) => {
    const socket = typed(plain, sums.serverSide)
    socket.onMessage((number) => socket.send(`${number + 1}`))
  }
  const client = typed(testWsClient(handler), sums.clientSide)
  client.send(1)
  expect([...client.received()]).toEqual(['2'])
})

test('a side that sends nothing is not heard', () => {
  const quiet = endpoint('/', {})
  const errors: Error[] = []
  const handler: WsHandler = () =>
    accept((plain) => {
      const socket = typed(plain, quiet.serverSide)
      socket.onError((error) => errors.push(error))
      socket.onMessage(() => {})
    })
  const client = connectTo(quiet, '', {}, (url, options) => testWsClient(handler, url, options))
  client.client.send('hello')
  expect(errors.map(String)).toEqual(["LensFailure: message: expected no message, got 'hello'"])
  expect(() => Reflect.apply(client.send, client, ['hello'])).toThrow('expected no message')
})
