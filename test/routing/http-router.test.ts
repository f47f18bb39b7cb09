import { describe, expect, test } from 'vitest'
import { bind, where } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import type { HttpFilter, HttpHandler } from '../../src/routing/poly-handler.ts'
import { header, method } from '../../src/routing/predicates.ts'
import { rawRequest, routedRequest } from '../../src/routing/routed-request.ts'
import { accept } from '../../src/websocket/accept.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import { fetched, get } from './fixtures.ts'

async function answerOf(handler: HttpHandler, path: string, init?: RequestInit): Promise<string> {
  const answer = await handler(fetched(path, init))
  if (answer instanceof WebSocketUpgrade) return 'upgrade'
  return `${answer.status} ${await answer.text()}`
}

describe('routes', () => {
  const users = routes(
    where(
      method('GET', 'HEAD'),
      bind('/', () => new Response('all')),
    ),
    where(
      method('POST'),
      bind('/', async ({ raw }) => new Response(`made ${await raw.text()}`)),
    ),
    bind('/:id', ({ params }) => new Response(`user ${params.id}`)),
  )
  const app = routes(
    bind('/users', users),
    bind('/left', () => undefined),
    bind('/left', async () => undefined),
    bind('/left', () => new Response('taken')),
    bind('/none', async () => undefined),
    bind('/ws', () => new WebSocketUpgrade(accept((socket) => socket.close()))),
    bind('/app/*', ({ raw }) => new Response(`app ${raw.url}`)),
    bind(header('x-any', '1'), () => new Response('any')),
  )

  test('is a fetch-style handler', async () => {
    expect(await answerOf(app, '/users')).toBe('200 all')
    expect(await answerOf(app, '/users', { method: 'POST', body: 'ann' })).toBe('200 made ann')
    expect(await answerOf(app, '/users/7')).toBe('200 user 7')
    expect(await answerOf(app, '/app/x?y')).toBe('200 app http://host/app/x?y')
    expect(await answerOf(app, '/any', { headers: { 'x-any': '1' } })).toBe('200 any')
    expect(await answerOf(app, '/ws')).toBe('upgrade')
  })

  test('answers at once where its handlers do', () => {
    expect(app(fetched('/users/7'))).toBeInstanceOf(Response)
    expect(app(fetched('/nobody'))).toBeInstanceOf(Response)
  })

  test('goes on to the next route on undefined, and answers 404 in the end', async () => {
    expect(await answerOf(app, '/left')).toBe('200 taken')
    expect(await answerOf(app, '/none')).toBe('404 Not Found')
    expect(await answerOf(app, '/nobody')).toBe('404 Not Found')
    expect(await answerOf(app, '/users/%zz')).toBe('404 Not Found')
  })

  test('as a part of another router answers undefined instead', async () => {
    expect(app(get('/nobody'))).toBeUndefined()
    expect(await app(get('/none'))).toBeUndefined()
    const outer = routes(
      bind('/v1', app),
      bind('/v1/none', () => new Response('taken by the outer')),
    )
    expect(await answerOf(outer, '/v1/none')).toBe('200 taken by the outer')
    expect(await answerOf(outer, '/v1/users/7')).toBe('200 user 7')
  })

  test('match says which route', () => {
    expect(app.match(get('/users/7'))).toMatchObject({
      matched: true,
      template: '/users/:id',
      params: { id: '7' },
    })
    expect(routes(bind('/a', users)).match(get('/b'))).toEqual({
      matched: false,
      description: 'no route matches GET /b: tried /a/*',
    })
  })
})

describe('withFilter of HTTP routes', () => {
  const user = requestKey<string>('user')
  const withUser: HttpFilter = (next) => (raw) => {
    const name = raw.headers.get('x-user')
    if (name === null) return new Response('who?', { status: 401 })
    return next(rawRequest(routedRequest(raw).with(user, name)))
  }
  const app = routes(
    bind('/:room', (request) => new Response(`${request.get(user)} in ${request.params.room}`)),
    bind('/a/left', () => undefined),
  )

  test('lets request keys reach the handlers, through base paths too', async () => {
    const ann = { headers: { 'x-user': 'ann' } }
    const filtered = app.withFilter(withUser)
    expect(await answerOf(filtered, '/a', ann)).toBe('200 ann in a')
    expect(await answerOf(filtered, '/a')).toBe('401 who?')
    expect(await answerOf(filtered.withBasePath('/x'), '/x/a', ann)).toBe('200 ann in a')
    expect(await answerOf(routes(bind('/x', filtered)), '/x/a', ann)).toBe('200 ann in a')
  })

  test('leaves requests that no route matches to the next router', async () => {
    const outer = routes(
      bind('/', app.withFilter(withUser)),
      bind('/a/b', () => new Response('next')),
    )
    expect(await answerOf(outer, '/a/b')).toBe('200 next')
    expect(await answerOf(outer, '/a/b/c')).toBe('404 Not Found')
  })

  test('shows the filter the parameters, and a 404 where its routes leave the request', async () => {
    const seen: string[] = []
    const filtered = app.withFilter((next) => async (raw) => {
      const answer = await next(raw)
      if (answer instanceof Response) {
        seen.push(`${JSON.stringify(routedRequest(raw).params)} ${answer.status}`)
      }
      return answer
    })
    await answerOf(filtered.withBasePath('/:v'), '/2/a/left')
    expect(seen).toEqual(['{"v":"2"} 404'])
  })

  test('routes another request that the filter hands on', async () => {
    const app = routes(
      bind('/new/:id', ({ params }) => new Response(`new ${params.id}`)),
      bind('/old/*', () => undefined),
    )
      .withFilter((next) => (raw) => next(new Request(raw.url.replace('old', 'new'), raw)))
      .withBasePath('/api')
    expect(await answerOf(app, '/api/old/1')).toBe('200 new 1')
  })

  test('puts the last one added outermost, each called once', async () => {
    const log: string[] = []
    const logs =
      (name: string): HttpFilter =>
      (next) => {
        log.push(`make ${name}`)
        return (raw) => {
          log.push(name)
          return next(raw)
        }
      }
    const app = routes(bind('/', () => new Response('ok')))
      .withFilter(logs('inner'))
      .withFilter(logs('outer'))
    await answerOf(app, '/')
    await answerOf(app, '/')
    expect(log).toEqual(['make outer', 'outer', 'make inner', 'inner', 'outer', 'inner'])
  })
})
