import { describe, expect, test } from 'vitest'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'
import { echo, taken } from './fixtures.ts'

async function refusal(client: WsClient): Promise<WebSocketUpgradeException> {
  try {
    await client.opened
  } catch (error) {
    if (error instanceof WebSocketUpgradeException) return error
    throw error
  }
  throw new Error('it was accepted')
}

const open: WsHandler = () => echo
const byUser = (limit: number) => ({
  limit,
  key: (request: { header(name: string): string | null }) => request.header('x-user') ?? '',
})

describe('connectionLimit', () => {
  test('refuses one too many with a 503, until there is a place again', async () => {
    const app = connectionLimit({ total: 2 })(open)
    const first = testWsClient(app)
    const second = testWsClient(app)
    const { status, headers, body } = await refusal(testWsClient(app))
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('10')
    expect(body).toBe('Too many connections\n')
    first.close()
    await first.closed
    const third = testWsClient(app)
    second.terminate()
    await second.closed
    const fourth = testWsClient(app)
    for (const client of [third, fourth]) {
      client.send('x')
      expect(taken(client)).toEqual(['x'])
    }
    expect((await refusal(testWsClient(app))).status).toBe(503)
  })

  test('refuses one too many of a key with a 429, and only of that key', async () => {
    const app = connectionLimit({ total: 3, perKey: byUser(1), retryAfter: 1.5 })(open)
    const connect = (user: string) => testWsClient(app, '/', { headers: { 'x-user': user } })
    const ann = connect('ann')
    const refused = await refusal(connect('ann'))
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('2')
    await connect('bob').opened
    ann.close()
    await ann.closed
    await connect('ann').opened
    await connect('eve').opened
    expect((await refusal(connect('joe'))).status, 'in all').toBe(503)
    expect((await refusal(connect('eve'))).status, 'its own limit first').toBe(429)
  })

  test('gives back the places of a key one by one, and all of them', async () => {
    const app = connectionLimit({ perKey: byUser(2) })(open)
    const clients = [testWsClient(app), testWsClient(app)]
    for (const client of clients) {
      await client.opened
      client.terminate()
      await client.closed
      clients.push(testWsClient(app))
      expect((await refusal(testWsClient(app))).status).toBe(429)
      if (clients.length === 6) break
    }
  })

  test.each<[string, WsHandler]>([
    ['refuses', () => new Response('no', { status: 403 })],
    ['refuses later', async () => new Response('no', { status: 403 })],
    ['leaves the request', () => undefined],
    ['rejects', () => Promise.reject(new Error('handler'))],
    [
      'throws',
      () => {
        throw new Error('handler')
      },
    ],
    ['accepts what the server then refuses', () => accept(echo, { origin: () => false })],
    ['accepts a subprotocol that was not offered', () => accept(echo, { protocol: 'chat' })],
  ])('loses no place when the handler %s', async (_, handler) => {
    const app = connectionLimit({ total: 1 })((request) =>
      request.path === '/ok' ? echo : handler(request),
    )
    const options = { webSockets: { onError: () => {} } }
    for (let i = 0; i < 3; i++) {
      expect((await refusal(testWsClient(app, '/', options))).status).not.toBe(503)
    }
    await testWsClient(app, '/ok').opened
    expect((await refusal(testWsClient(app, '/ok'))).status).toBe(503)
  })

  test('loses no place when the consumer throws', async () => {
    const app = connectionLimit({ total: 1 })(() => () => {
      throw new Error('consumer')
    })
    const options = { webSockets: { onError: () => {} } }
    for (let i = 0; i < 3; i++) {
      expect((await testWsClient(app, '/', options).closed).code).toBe(1011)
    }
  })

  test('holds a place while the handler decides', async () => {
    let decide = (): void => {}
    const app = connectionLimit({ total: 1 })(
      () =>
        new Promise<WsConsumer>((resolve) => {
          decide = () => resolve(echo)
        }),
    )
    const first = testWsClient(app)
    expect((await refusal(testWsClient(app))).status).toBe(503)
    decide()
    await first.opened
    expect((await refusal(testWsClient(app))).status).toBe(503)
  })

  test('is kept, with a close, when all decisions are made before the first socket opens', async () => {
    const limited = connectionLimit({ total: 1 })(open)
    let start = (): void => {}
    const gate = new Promise<void>((resolve) => {
      start = resolve
    })
    const app: WsHandler = async (request) => {
      const decision = await limited(request)
      await gate
      return decision
    }
    const clients = [testWsClient(app), testWsClient(app), testWsClient(app)]
    start()
    await Promise.all(clients.map(({ opened }) => opened))
    const [first, ...others] = clients
    for (const client of others) {
      expect(await client.closed).toMatchObject({ code: 1013, message: 'Too many connections' })
    }
    first!.send('x')
    first!.close()
    await first!.closed
    await testWsClient(limited).opened
  })

  test('counts no requests that are asked about a key that cannot be had', async () => {
    let broken = true
    const app = connectionLimit({
      total: 1,
      perKey: {
        limit: 1,
        key: () => {
          if (broken) throw new Error('no key')
          return ''
        },
      },
    })(open)
    const options = { webSockets: { onError: () => {} } }
    expect((await refusal(testWsClient(app, '/', options))).status).toBe(500)
    broken = false
    await testWsClient(app).opened
  })

  test('does not limit what it is not told to', async () => {
    const app = connectionLimit({ perKey: byUser(1) })(open)
    for (let i = 0; i < 100; i++) {
      await testWsClient(app, '/', { headers: { 'x-user': `${i}` } }).opened
    }
    expect(await app(requestOf(new Request('http://host/')))).toBeTypeOf('function')
  })

  test('refuses limits that cannot be', () => {
    expect(() => connectionLimit({ total: -1 })).toThrow('the option total')
    expect(() => connectionLimit({ perKey: byUser(Number.NaN) })).toThrow('perKey.limit')
    expect(() => connectionLimit({ total: 1, retryAfter: -1 })).toThrow('retryAfter')
  })
})
