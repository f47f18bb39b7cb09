import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { answerOf, fetched, get, says } from './fixtures.ts'

async function fetchFrom(
  app: ReturnType<typeof poly>,
  path: string,
  init?: RequestInit,
): Promise<string> {
  const answer = await app.http(fetched(path, init))
  if (!(answer instanceof Response)) return 'upgrade'
  return `${answer.status} ${await answer.text()}`
}

const upgrade = { headers: { connection: 'Upgrade', upgrade: 'WebSocket' } }

describe('poly of routers', () => {
  const http = routes(
    bind('/ping', () => new Response('pong')),
    bind('/both', () => new Response('page')),
    bind('/none', () => undefined),
    bind('/gone', () => new Response('gone', { status: 404 })),
  )
  const ws = websockets(
    bind('/echo', () => says('echo')),
    bind('/both', () => says('both')),
    bind('/none', () => undefined),
    bind('/gone', () => says('gone')),
  )

  test.each([
    ['HTTP first', poly(http, ws)],
    ['WebSockets first', poly(ws, http)],
  ])('serves both halves, %s', async (_, app) => {
    expect(await fetchFrom(app, '/ping')).toBe('200 pong')
    expect(await fetchFrom(app, '/both')).toBe('200 page')
    expect(await fetchFrom(app, '/nobody')).toBe('404 Not Found')
    expect(await answerOf(app.ws!, '/echo')).toEqual(['echo'])
    expect(await answerOf(app.ws!, '/both')).toEqual(['both'])
    expect(await answerOf(app.ws!, '/ping')).toBeUndefined()
  })

  test('answers 426 to a plain request for what is only there over WebSockets', async () => {
    const app = poly(http, ws)
    expect(await fetchFrom(app, '/echo')).toBe('426 Upgrade Required')
    expect(await fetchFrom(app, '/none')).toBe('426 Upgrade Required')
    expect(await fetchFrom(app, '/gone'), 'a route said so').toBe('404 gone')
    const answer = await app.http(fetched('/echo'))
    if (!(answer instanceof Response)) throw new Error('an upgrade')
    expect(answer.headers.get('upgrade')).toBe('websocket')
    expect(answer.headers.get('connection')).toBe('upgrade')
    expect(answer.headers.get('content-type')).toBe('text/plain;charset=utf-8')
  })

  test('tells a request that is the last on its connection so, in its 426', async () => {
    const last = { headers: { connection: 'keep-alive, Close' } }
    const answer = await poly(ws).http(fetched('/echo', last))
    if (!(answer instanceof Response)) throw new Error('an upgrade')
    expect(answer.headers.get('connection')).toBe('upgrade, close')
  })

  test('answers 404 to an upgrade that the WebSocket half has left', async () => {
    expect(await fetchFrom(poly(http, ws), '/none', upgrade)).toBe('404 Not Found')
  })

  test('tries several of a kind in order', async () => {
    const app = poly(
      websockets(bind('/a', async () => undefined)),
      routes(bind('/a', async () => undefined)),
      websockets(bind('/:x', ({ params }) => says(`second ${params.x}`))),
      routes(bind('/:x', ({ params }) => new Response(`second ${params.x}`))),
    )
    expect(await answerOf(app.ws!, '/a')).toEqual(['second a'])
    expect(await fetchFrom(app, '/a')).toBe('200 second a')
  })

  test('always has an HTTP half, and a WebSocket half when it was given one', async () => {
    expect(await fetchFrom(poly(ws), '/echo')).toBe('426 Upgrade Required')
    expect(await fetchFrom(poly(ws), '/nobody')).toBe('404 Not Found')
    expect(await fetchFrom(poly(), '/nobody')).toBe('404 Not Found')
    expect(poly(http).ws).toBeUndefined()
  })
})

describe('poly of { http, ws }', () => {
  const hono = new Hono()
    .get('/users/:id', (c) => c.text(`user ${c.req.param('id')}`))
    .get('/both', (c) => c.text('page'))
  const ws = websockets(
    bind('/echo', () => says('echo')),
    bind('/both', () => says('both')),
  )

  test('takes any fetch-style handler', async () => {
    const app = poly({ http: hono.fetch, ws })
    expect(await fetchFrom(app, '/users/7')).toBe('200 user 7')
    expect(await fetchFrom(app, '/both')).toBe('200 page')
    expect(await answerOf(app.ws!, '/echo')).toEqual(['echo'])
  })

  test('takes its 404 as its own, unless a WebSocket is there', async () => {
    const app = poly({ http: hono.fetch, ws })
    expect(await fetchFrom(app, '/nobody')).toBe('404 404 Not Found')
    expect(await fetchFrom(app, '/echo')).toBe('426 Upgrade Required')
    expect(await fetchFrom(app, '/echo', upgrade)).toBe('404 404 Not Found')
  })

  test('cancels the body of a 404 that gives way to a 426', async () => {
    let cancelled = false
    const body = new ReadableStream({
      cancel() {
        cancelled = true
      },
    })
    const app = poly({ http: () => new Response(body, { status: 404 }), ws })
    expect(await fetchFrom(app, '/echo')).toBe('426 Upgrade Required')
    expect(cancelled).toBe(true)
  })

  test('takes routers, plain handlers, and another poly', async () => {
    const http = routes(bind('/ping', () => new Response('pong')))
    const inner = poly({ http, ws: ({ path }) => (path === '/a' ? says('a') : undefined) })
    const app = poly(inner)
    expect(await fetchFrom(app, '/ping')).toBe('200 pong')
    expect(await fetchFrom(app, '/a')).toBe('404 Not Found')
    expect(await answerOf(app.ws!, get('/a'))).toEqual(['a'])
    expect(await answerOf(app.ws!, get('/b'))).toBeUndefined()
  })

  test('takes the 404 of a route as an answer', async () => {
    const http = routes(bind('/echo', () => new Response('gone', { status: 404 })))
    expect(await fetchFrom(poly({ http, ws }), '/echo')).toBe('404 gone')
  })

  test('takes either half alone', async () => {
    expect(await fetchFrom(poly({ ws }), '/echo')).toBe('426 Upgrade Required')
    expect(await fetchFrom(poly({ http: hono.fetch }), '/users/1')).toBe('200 user 1')
    expect(poly({ http: hono.fetch }).ws).toBeUndefined()
  })
})

test.each([undefined, null, 5, [], { fetch: () => undefined }, { http: 5 }, { ws: null }])(
  'poly refuses %j, where no type has',
  (part) => {
    expect(() => Reflect.apply(poly, undefined, [part])).toThrow(
      /^poly needs a router, a handler, or \{ http, ws \} of handlers, not /,
    )
  },
)
