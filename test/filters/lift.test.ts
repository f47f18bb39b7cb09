import { describe, expect, test } from 'vitest'
import { authenticate } from '../../src/filters/authenticate.ts'
import { bearer } from '../../src/filters/bearer.ts'
import { connectionLimit } from '../../src/filters/connection-limit.ts'
import { liftHandshake, liftWs } from '../../src/filters/lift.ts'
import { originPolicy } from '../../src/filters/origin-policy.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import type { PolyFilter, PolyHandler } from '../../src/routing/poly-handler.ts'
import { routedRequest } from '../../src/routing/routed-request.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { taken } from './fixtures.ts'

const user = requestKey<string>('user', { value: 'nobody' })

const app = poly(
  routes(
    bind('/page', (request) => new Response(`page for ${request.get(user)}`)),
    bind('/upgrade', () => new WebSocketUpgrade(accept((socket) => socket.send('over HTTP')))),
    bind('/fetch', ({ raw }) => new Response(routedRequest(raw).get(user))),
    bind('/fail', () => Promise.reject(new Error('handler'))),
  ),
  websockets(bind('/ws', () => (socket) => socket.send(`for ${socket.upgradeRequest.get(user)}`))),
)

async function get(handler: PolyHandler, path: string, headers?: HeadersInit): Promise<string> {
  const init = headers === undefined ? {} : { headers }
  const answer = await handler.http!(new Request(`http://localhost${path}`, init))
  if (answer instanceof WebSocketUpgrade) return 'upgrade'
  return `${answer.status} ${(await answer.text()).trim()}`
}

async function said(handler: PolyHandler, path: string, headers?: HeadersInit): Promise<unknown> {
  const client = testWsClient(handler, path, headers === undefined ? {} : { headers })
  return client.opened.then(
    () => taken(client),
    (error: { readonly status: number }) => error.status,
  )
}

describe('liftWs', () => {
  const loud: WsFilter = (next) => (socket) =>
    next(decorate(socket, { send: (message, send) => send(message.body(`${message.text()}!`)) }))
  const lifted = liftWs(loud)(app)

  test('filters the sockets of both halves', async () => {
    expect(await said(lifted, '/ws')).toEqual(['for nobody!'])
    expect(await said(lifted, '/upgrade')).toEqual(['over HTTP!'])
  })

  test('leaves plain HTTP alone', async () => {
    expect(await get(lifted, '/page')).toBe('200 page for nobody')
    expect(await get(lifted, '/nobody')).toBe('404 Not Found')
    expect(await said(lifted, '/nobody')).toBe(404)
  })
})

describe('liftHandshake', () => {
  const lifted = liftHandshake(bearer((token) => token, { principal: user }))(app)
  const ann = { authorization: 'Bearer ann' }

  test('guards both halves', async () => {
    expect(await said(lifted, '/ws')).toBe(401)
    expect(await said(lifted, '/upgrade')).toBe(401)
    expect(await get(lifted, '/page')).toBe('401 Unauthorized')
    expect(await get(lifted, '/nobody')).toBe('401 Unauthorized')
  })

  test('hands on to both halves what it puts into the request', async () => {
    expect(await said(lifted, '/ws', ann)).toEqual(['for ann'])
    expect(await said(lifted, '/upgrade', ann)).toEqual(['over HTTP'])
    expect(await get(lifted, '/page', ann)).toBe('200 page for ann')
    expect(await get(lifted, '/fetch', ann)).toBe('200 ann')
    expect(await get(lifted, '/nobody', ann)).toBe('404 Not Found')
  })

  test('lets a failure of the HTTP half through', async () => {
    await expect(get(lifted, '/fail', ann)).rejects.toThrow('handler')
  })

  test('turns what a filter decides by itself into an HTTP answer', async () => {
    const none = liftHandshake(() => () => undefined)(app)
    expect(await get(none, '/page')).toBe('404 Not Found')
    const takes = liftHandshake(() => () => (socket) => socket.send('mine'))(app)
    expect(await get(takes, '/page')).toBe('upgrade')
    for (const { http } of [takes, liftWs((next) => next)(takes)]) {
      expect(await said({ http, ws: undefined }, '/page')).toEqual(['mine'])
    }
  })

  test('changes upgrades of both halves', async () => {
    const origin = { origin: 'https://a.example' }
    const loose = liftHandshake(originPolicy('any'))(app)
    expect([await said(app, '/ws', origin), await said(app, '/upgrade', origin)]).toEqual([
      403, 403,
    ])
    expect(await said(loose, '/ws', origin)).toEqual(['for nobody'])
    expect(await said(loose, '/upgrade', origin)).toEqual(['over HTTP'])
    expect(await get(loose, '/page', origin)).toBe('200 page for nobody')
  })

  test('sees all HTTP requests, or only those for a WebSocket', async () => {
    const nobody = authenticate(() => false, { challenge: 'None' })
    const upgrades = liftHandshake(nobody, { http: 'upgrades' })(app)
    expect(await get(upgrades, '/page')).toBe('200 page for nobody')
    expect(await said(upgrades, '/ws')).toBe(401)
    expect(await said(upgrades, '/upgrade')).toBe(401)
    expect(await get(upgrades, '/upgrade', { upgrade: 'websocket' })).toBe('401 Unauthorized')
    const misspelt = { http: 'upgrade' as never }
    expect(() => liftHandshake(nobody, misspelt)).toThrow(
      new RangeError('the option http is upgrade, not all or upgrades'),
    )
  })

  test('counts a connection once, whichever half opens it', async () => {
    const limited = liftHandshake(connectionLimit({ total: 2 }))(app)
    const first = testWsClient(limited, '/upgrade')
    const second = testWsClient(limited, '/ws')
    await Promise.all([first.opened, second.opened])
    expect(await said(limited, '/upgrade')).toBe(503)
    expect(await get(limited, '/page'), 'a request takes a place, too').toMatch(/^503/)
    first.close()
    await first.closed
    expect(await get(limited, '/page')).toBe('200 page for nobody')
    expect(await said(limited, '/nobody')).toBe(404)
  })
})

test.each<[string, PolyFilter]>([
  ['liftWs', liftWs((next) => next)],
  ['liftHandshake', liftHandshake((next) => next)],
])('%s makes no half where there is none', (_, filter) => {
  expect(filter({ http: undefined, ws: undefined })).toEqual({ http: undefined, ws: undefined })
})
