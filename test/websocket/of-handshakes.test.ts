import { expect, test } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { ofHandshakes } from '../../src/websocket/of-handshakes.ts'
import type { HandshakeFilter } from '../../src/websocket/ws-handler.ts'

const filter = ofHandshakes((next) => (request) => next(request))
const router = websockets(bind('/', () => (socket) => socket.send('hello')))

test('a filter of handshakes does what it does', async () => {
  const client = testWsClient(router.withHandshake(filter), '/')
  expect(await client.opened).toMatchObject({ state: 'open' })
})

test.each<[string, HandshakeFilter]>([
  ['given to withFilter', filter],
  ['among those that are composed', compose((next) => next, filter)],
])(
  'a filter of handshakes %s lets no socket through, and the server is told why',
  async (_, own) => {
    const errors: Error[] = []
    const misplaced = Reflect.apply(router.withFilter, router, [own]) as typeof router
    const client = testWsClient(misplaced, '/', {
      webSockets: { onError: (error) => errors.push(error) },
    })
    expect(await client.closed).toMatchObject({ code: 1011 })
    expect(errors).toEqual([
      new TypeError('withFilter needs a filter of sockets, not of handshakes'),
    ])
  },
)
