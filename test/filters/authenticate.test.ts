import { describe, expect, test } from 'vitest'
import { authenticate } from '../../src/filters/authenticate.ts'
import { basic } from '../../src/filters/basic.ts'
import { bearer } from '../../src/filters/bearer.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import type { HandshakeFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import { taken } from './fixtures.ts'

interface User {
  readonly name: string
}

const user = requestKey<User>('user')

/** Says who it is, by the request of the handler and by that of the socket. */
const whoAmI: WsHandler = (request) => (socket) =>
  socket.send(`${request.get(user).name} ${socket.upgradeRequest.get(user).name}`)

interface Refused {
  readonly status: number
  readonly challenge: string | null
  readonly body: string
}

async function answer(
  filter: HandshakeFilter,
  headers: HeadersInit = {},
  path = '/',
  handler: WsHandler = whoAmI,
): Promise<unknown> {
  const client = testWsClient(filter(handler), path, {
    headers,
    webSockets: { onError: () => {} },
  })
  try {
    await client.opened
  } catch (error) {
    if (!(error instanceof WebSocketUpgradeException)) throw error
    const { status, body } = error
    return { status, challenge: error.headers.get('www-authenticate'), body } satisfies Refused
  }
  return taken(client)[0]
}

function unauthorized(challenge: string): Refused {
  return { status: 401, challenge, body: 'Unauthorized\n' }
}

describe('bearer', () => {
  const filter = bearer((token) => (token === 's3cr3t' ? { name: 'ann' } : undefined), {
    principal: user,
  })

  test('lets in a token that is known, and hands on who it is', async () => {
    expect(await answer(filter, { authorization: 'Bearer s3cr3t' })).toBe('ann ann')
    expect(await answer(filter, { authorization: 'bearer   s3cr3t' })).toBe('ann ann')
  })

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic s3cr3t',
    'Bearer two tokens',
    'Bearer s3cr3t, Bearer s3cr3t',
    'Bearer s3c"r3t',
  ])('asks for a token where there is none: %j', async (authorization) => {
    expect(await answer(filter, authorization === '' ? {} : { authorization })).toEqual(
      unauthorized('Bearer realm="websocket"'),
    )
  })

  test('says that a token is not known, and no more', async () => {
    expect(await answer(filter, { authorization: 'Bearer wrong' })).toEqual(
      unauthorized('Bearer realm="websocket", error="invalid_token"'),
    )
  })

  test('takes the token of a query only where it is told to, and a header first', async () => {
    const path = '/?access_token=s3cr3t'
    expect(await answer(filter, {}, path)).toMatchObject({ status: 401 })
    const query = bearer((token) => ({ name: token }), { principal: user, query: 'access_token' })
    expect(await answer(query, {}, path)).toBe('s3cr3t s3cr3t')
    expect(await answer(query, { authorization: 'Bearer abc' }, path)).toBe('abc abc')
    expect(await answer(query, {}, '/?access_token=')).toMatchObject({ status: 401 })
    expect(await answer(query, {}, '/')).toMatchObject({ status: 401 })
  })

  test('waits for a verdict, and sees the request', async () => {
    const late = bearer(
      async (token, { path }) => {
        await Promise.resolve()
        return token === 'abc' && path === '/in' && { name: 'late' }
      },
      { principal: user },
    )
    expect(await answer(late, { authorization: 'Bearer abc' }, '/in')).toBe('late late')
    expect(await answer(late, { authorization: 'Bearer abc' }, '/out')).toMatchObject({
      status: 401,
    })
  })

  test('fails, and lets nobody in, when it cannot tell', async () => {
    for (const failing of [
      bearer(() => {
        throw new Error('the database is down')
      }),
      bearer(() => Promise.reject(new Error('the database is down'))),
    ]) {
      const refused = await answer(failing, { authorization: 'Bearer abc' })
      expect(refused).toMatchObject({ status: 500 })
      expect(JSON.stringify(refused)).not.toContain('database')
    }
  })

  test('quotes its realm, and refuses one that cannot be sent', async () => {
    const quoted = bearer(() => undefined, { realm: 'a "b" \\c' })
    expect(await answer(quoted)).toMatchObject({ challenge: 'Bearer realm="a \\"b\\" \\\\c"' })
    expect(() => bearer(() => true, { realm: 'a\r\nX: y' })).toThrow(TypeError)
    expect(() => bearer(() => true, { realm: 'é' })).toThrow('printable ASCII')
  })

  test('keeps what a router and other filters have put into the request', async () => {
    const trace = requestKey<string>('trace')
    const traced: HandshakeFilter = (next) => (request) => next(request.with(trace, 't1'))
    const router = websockets(
      bind('/rooms/:room', () => (socket) => {
        const request = socket.upgradeRequest
        socket.send([request.get(trace), request.get(user).name, request.params.room].join())
      }),
    ).withHandshake((next) => traced(filter(next)))
    const authorization = { authorization: 'Bearer s3cr3t' }
    expect(await answer((next) => next, authorization, '/rooms/7', router)).toBe('t1,ann,7')
  })

  test('leaves to a router within what that has put into the request', async () => {
    const router = websockets(
      bind('/rooms/:room', () => (socket) => {
        const request = socket.upgradeRequest
        socket.send([request.get(user).name, request.params.room].join())
      }),
    )
    const authorization = { authorization: 'Bearer s3cr3t' }
    expect(await answer(filter, authorization, '/rooms/7', router)).toBe('ann,7')
  })
})

describe('basic', () => {
  const filter = basic(
    'rooms',
    ({ user: name, password }) => password === 'pä:ss' && { name: `<${name}>` },
    { principal: user },
  )
  const encoded = (text: string): string =>
    btoa(String.fromCharCode(...new TextEncoder().encode(text)))

  test('lets in a name and a password that are known, in UTF-8', async () => {
    const authorization = `Basic ${encoded('ännä:pä:ss')}`
    expect(await answer(filter, { authorization })).toBe('<ännä> <ännä>')
    expect(await answer(filter, { authorization: `basic ${encoded(':pä:ss')}` })).toBe('<> <>')
    const marked = `Basic ${encoded('\ufeffann:pä:ss')}`
    expect(await answer(filter, { authorization: marked })).toBe('<\ufeffann> <\ufeffann>')
  })

  test.each([
    ['nothing', undefined],
    ['another scheme', 'Bearer abc'],
    ['a wrong password', `Basic ${encoded('ann:pass')}`],
    ['no colon', `Basic ${encoded('ann')}`],
    ['a control character', `Basic ${encoded('a\nnn:pä:ss')}`],
    ['no base64', 'Basic a.b'],
    ['a cut base64', 'Basic YWJjZ'],
    ['no UTF-8', `Basic ${btoa('ann:p\xe4:ss')}`],
  ])('asks again for %s, with the same words', async (_, authorization) => {
    expect(await answer(filter, authorization === undefined ? {} : { authorization })).toEqual(
      unauthorized('Basic realm="rooms", charset="UTF-8"'),
    )
  })

  test.each([
    ['no colon', encoded('ann')],
    ['a control character', encoded('a\nnn:pä:ss')],
    ['no UTF-8', btoa('ann:p\xe4:ss')],
  ])('asks nobody about %s', async (_, token) => {
    const trusting = basic('rooms', () => true)
    expect(await answer(trusting, { authorization: `Basic ${token}` })).toMatchObject({
      status: 401,
    })
  })

  test('refuses a realm that cannot be sent', () => {
    expect(() => basic('\0', () => true)).toThrow(TypeError)
  })
})

describe('authenticate', () => {
  const challenge = 'ApiKey realm="rooms"'

  test('takes any predicate', async () => {
    const filter = authenticate((request) => request.header('x-key') === 'k', { challenge })
    const hello: WsHandler = () => (socket) => socket.send('hello')
    expect(await answer(filter, { 'x-key': 'k' }, '/', hello)).toBe('hello')
    expect(await answer(filter, {}, '/', hello)).toEqual(unauthorized(challenge))
  })

  test.each([undefined, null, false] as const)('lets in nobody for %s', async (nobody) => {
    const filter = authenticate(() => nobody, { challenge, principal: user })
    expect(await answer(filter)).toEqual(unauthorized(challenge))
    const late = authenticate(async () => nobody, { challenge, principal: user })
    expect(await answer(late)).toEqual(unauthorized(challenge))
  })

  test('lets in whom it knows, however little that is', async () => {
    const count = requestKey<number>('count')
    const filter = authenticate(() => 0, { challenge, principal: count })
    const handler: WsHandler = (request) => (socket) => socket.send(`${request.get(count)}`)
    expect(await answer(filter, {}, '/', handler)).toBe('0')
  })

  test('hands on who it is to an accepted response, and leaves refusals and the unmatched', async () => {
    const filter = authenticate(() => ({ name: 'ann' }), { challenge, principal: user })
    const teapot: WsHandler = () => new Response('no', { status: 418 })
    expect(await answer(filter, {}, '/', teapot)).toMatchObject({ status: 418 })
    expect(await answer(filter, {}, '/', async () => undefined)).toMatchObject({ status: 404 })
  })

  test.each(['', 'two\nlines', 'é', '"quoted"'])('refuses the challenge %j', (wrong) => {
    expect(() => authenticate(() => true, { challenge: wrong })).toThrow(TypeError)
  })
})
