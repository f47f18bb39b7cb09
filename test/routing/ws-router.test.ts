import { describe, expect, test, vi } from 'vitest'
import { bind, where } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { header, method } from '../../src/routing/predicates.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { accept } from '../../src/websocket/accept.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import type { HandshakeFilter, WsFilter } from '../../src/websocket/ws-handler.ts'
import { answerOf, get, says, socketStub } from './fixtures.ts'

/** A filter whose sockets say `name` first. */
function announces(name: string): WsFilter {
  return (next) => (socket) => {
    socket.send(name)
    return next(socket)
  }
}

describe('websockets', () => {
  test('asks the first route that matches, in the order given', async () => {
    const app = websockets(
      bind('/a', () => says('a')),
      bind('/:x', (request) => says(`x=${request.params.x}`)),
      bind('/b', () => says('never: /:x comes first')),
      bind('/c/*', (request) => says(`rest=${request.params['*']}`)),
    )
    expect(await answerOf(app, '/a')).toEqual(['a'])
    expect(await answerOf(app, '/b')).toEqual(['x=b'])
    expect(await answerOf(app, '/c/d/e?q=1')).toEqual(['rest=d/e'])
    expect(await answerOf(app, '/d/e')).toBeUndefined()
  })

  test('without an await answers at once', () => {
    const app = websockets(bind('/a', () => says('a')))
    expect(app(get('/a'))).toHaveProperty('consumer')
    expect(app(get('/b'))).toBeUndefined()
  })

  test('goes on to the next route that matches when a handler answers undefined', async () => {
    const app = websockets(
      bind('/:first', () => undefined),
      bind('/a', async () => undefined),
      bind('/:second', async ({ params }) => (params.second === 'a' ? undefined : says('second'))),
      bind('/*', ({ params }) => says(JSON.stringify(params))),
      bind('/a', () => says('never: /* comes first')),
    )
    expect(await answerOf(app, '/a')).toEqual(['{"*":"a"}'])
    expect(await answerOf(app, '/b')).toEqual(['second'])
    expect(await answerOf(websockets(bind('/a', () => undefined)), '/a')).toBeUndefined()
    expect(await answerOf(websockets(bind('/a', async () => undefined)), '/a')).toBeUndefined()
  })

  test('lets a handler refuse with a response, and go no further', async () => {
    const app = websockets(
      bind('/a', () => new Response(null, { status: 401 })),
      bind('/a', () => says('never')),
    )
    expect(await answerOf(app, '/a')).toBe(401)
  })

  test('lets a handler fail', async () => {
    const app = websockets(
      bind('/now', () => {
        throw new Error('now')
      }),
      bind('/later', () => Promise.reject(new Error('later'))),
      bind('/*', () => says('never')),
    )
    expect(() => app(get('/now'))).toThrow('now')
    await expect(app(get('/later'))).rejects.toThrow('later')
  })

  test('binds by predicate, by path, and by both', async () => {
    const app = websockets(
      bind(header('x-kind', 'a'), () => says('kind a')),
      where(
        method('POST'),
        bind('/x/:id', (request) => says(`posted ${request.params.id}`)),
      ),
      where(
        header('x-kind'),
        bind('/x/:id', (request) => says(`kind and ${request.params.id}`)),
      ),
      bind((request) => request.url.endsWith('?1'), websockets(bind('/x', () => says('one')))),
      bind('/x', websockets(bind(header('x-inner'), () => says('inner')))),
    )
    expect(await answerOf(app, get('/any/path', { headers: { 'x-kind': 'a' } }))).toEqual([
      'kind a',
    ])
    expect(await answerOf(app, get('/x/1', { method: 'POST' }))).toEqual(['posted 1'])
    expect(await answerOf(app, get('/x/1', { headers: { 'x-kind': 'b' } }))).toEqual(['kind and 1'])
    expect(await answerOf(app, '/x?1')).toEqual(['one'])
    expect(await answerOf(app, get('/x/y', { headers: { 'x-inner': '' } }))).toEqual(['inner'])
    expect(await answerOf(app, get('/y', { headers: { 'x-inner': '' } }))).toBeUndefined()
    expect(await answerOf(app, '/x')).toBeUndefined()
  })

  test('asks a predicate of requests for its path alone', () => {
    const asked: string[] = []
    const app = websockets(
      where(
        ({ path }) => asked.push(path) > 0,
        bind('/rooms/:id', () => says('room')),
      ),
    )
    expect(app(get('/users/1'))).toBeUndefined()
    expect(app(get('/rooms/1'))).toBeDefined()
    expect(asked).toEqual(['/rooms/1'])
  })

  test('refuses an invalid template when it is bound', () => {
    expect(() => bind('rooms', () => says(''))).toThrow(TypeError)
    expect(() => bind('/api/*', websockets())).toThrow(TypeError)
    expect(() => bind('/:id', websockets(bind('/:id', () => says(''))))).toThrow(
      "invalid path template '/:id/:id': it names two parameters 'id'",
    )
  })

  test('refuses a handler or a router that is not bound, for callers without types', () => {
    const bound = bind('/', () => undefined)
    for (const unbound of [() => undefined, websockets(bound)]) {
      const given: readonly object[] = [bound, unbound]
      expect(() => Reflect.apply(websockets, undefined, given)).toThrow(
        "argument 2 is no route: bind('/', ...) makes one of a handler or a router",
      )
    }
  })

  test.each<[given: readonly unknown[], message: string]>([
    [['/x', 5], "bind('/x', handler) needs a handler or a router, not number"],
    [['/x'], "bind('/x', handler) needs a handler or a router, not undefined"],
    [[() => true, null], 'bind(predicate, handler) needs a handler or a router, not null'],
    [[5, () => undefined], 'bind needs a path or a predicate, not number'],
  ])('refuses what cannot be bound, where no type has: %j', (given, message) => {
    expect(() => Reflect.apply(bind, undefined, given)).toThrow(new TypeError(message))
  })

  test('refuses to accept with what is no consumer, for callers without types', () => {
    expect(() => Reflect.apply(accept, undefined, [{ protocol: 'v1' }])).toThrow(
      new TypeError('accept needs a consumer, not object'),
    )
  })

  test.each([5, null])('refuses to accept with a subprotocol that is no string: %j', (protocol) => {
    expect(() => Reflect.apply(accept, undefined, [() => {}, { protocol }])).toThrow(
      new TypeError(
        `accept needs a string as protocol, not ${protocol === null ? 'null' : typeof protocol}`,
      ),
    )
  })

  test('refuses to accept in an unknown mode, for callers without types', () => {
    expect(() => Reflect.apply(accept, undefined, [() => {}, { mode: 'frame' }])).toThrow(
      new RangeError('the option mode is frame, not messages or frames or fragments'),
    )
  })

  test.each(['maxMessageSize', 'maxFrameSize', 'maxBufferedAmount'])(
    'refuses to accept with a limit that is no number from 0 up: %s',
    (name) => {
      for (const [limit, shown] of [
        ['5', "'5'"],
        [-1, '-1'],
      ]) {
        expect(() =>
          Reflect.apply(accept, undefined, [() => {}, { limits: { [name]: limit } }]),
        ).toThrow(new RangeError(`the option ${name} is ${shown}: it must be a number from 0 up`))
      }
    },
  )

  test.each([undefined, null, 5, 'x'])('refuses %j for a route', (given) => {
    for (const router of [websockets, routes]) {
      expect(() => Reflect.apply(router, undefined, [given])).toThrow(
        new TypeError("argument 1 is no route: bind('/', ...) makes one of a handler or a router"),
      )
    }
  })

  test('refuses to accept with an unknown policy for slow consumers, for callers without types', () => {
    const options = { limits: { slowConsumer: 'pause' } }
    expect(() => Reflect.apply(accept, undefined, [() => {}, options])).toThrow(
      new RangeError('the option slowConsumer is pause, not close or drop or wait'),
    )
  })

  test('looks literal paths up: of a thousand routes it tries none in vain', () => {
    let tried = 0
    const thousand = Array.from({ length: 1000 }, (_, n) => {
      const plain = bind(`/api/r${n}`, () => says(`${n}`))
      const route = n % 2 === 0 ? plain : where(method('GET'), plain)
      return {
        ...route,
        match: (request: Parameters<typeof route.match>[0]) => {
          tried++
          return route.match(request)
        },
      }
    })
    const app = websockets(...thousand)
    expect(app(get('/api/r999'))).toHaveProperty('consumer')
    expect(tried).toBe(1)
    expect(app(get('/api/r1000'))).toBeUndefined()
    expect(tried).toBe(1)
  })
})

describe('a router in a router', () => {
  const inner = websockets(
    bind('/', () => says('root')),
    bind('/rooms/:room', (request) => says(JSON.stringify(request.params))),
    bind('/left', () => undefined),
  )
  const app = websockets(
    bind('/api', inner),
    bind('/:tenant/api', inner),
    bind('/v2', websockets(bind('/deep', inner))),
    bind('/api/left', () => says('taken by the outer')),
  )

  test('has what is below its path, up to the end of a segment', async () => {
    expect(await answerOf(app, '/api')).toEqual(['root'])
    expect(await answerOf(app, '/api/')).toBeUndefined()
    expect(await answerOf(app, '/api/rooms/7')).toEqual(['{"room":"7"}'])
    expect(await answerOf(app, '/v2/deep/rooms/7')).toEqual(['{"room":"7"}'])
    expect(await answerOf(app, '/apirooms/7')).toBeUndefined()
    expect(await answerOf(app, '/v2/rooms/7')).toBeUndefined()
  })

  test('sees the parameters of the paths above it', async () => {
    expect(await answerOf(app, '/acme/api/rooms/7')).toEqual(['{"tenant":"acme","room":"7"}'])
  })

  test('leaves what it does not take to the routes after it', async () => {
    expect(await answerOf(app, '/api/left')).toEqual(['taken by the outer'])
  })

  test('is the same as withBasePath', async () => {
    const based = inner.withBasePath('/:tenant').withBasePath('/api')
    expect(await answerOf(based, '/api/acme/rooms/7')).toEqual(['{"tenant":"acme","room":"7"}'])
    expect(await answerOf(based, '/rooms/7')).toBeUndefined()
    expect(await answerOf(inner, '/rooms/7')).toEqual(['{"room":"7"}'])
  })

  test('compiles two templates for each level, however deep it is', async () => {
    const split = vi.spyOn(String.prototype, 'split')
    let tower = websockets(bind('/top', () => says('top')))
    for (let level = 0; level < 40; level++) tower = websockets(bind('/l', tower))
    expect(split.mock.calls.length).toBeLessThanOrEqual(2 * 41)
    split.mockRestore()
    expect(await answerOf(tower, `${'/l'.repeat(40)}/top`)).toEqual(['top'])
  })

  test.each([
    ['/a b', "'a b' must be percent-encoded"],
    ['/a/', "a base path has no '/' at its end"],
    ['/a/*', "a base path has no '*' at its end"],
    ['a', "it must start with '/'"],
  ])('is not below %s, even if it is empty', (base, why) => {
    for (const router of [inner, websockets(), websockets(bind('/b', websockets()))]) {
      expect(() => bind(base, router)).toThrow(why)
    }
  })
})

describe('match', () => {
  const app = websockets(
    bind('/echo', () => says('echo')),
    bind('/api/:v', websockets(bind('/rooms/:room', ({ params }) => says(`${params.room}`)))),
    where(
      method('POST'),
      bind('/posted', () => says('posted')),
    ),
  )

  test('says which route, with which parameters, and has its handler', async () => {
    const request = get('/api/2/rooms/7')
    const found = app.match(request)
    if (!found.matched) throw new Error(found.description)
    expect(found).toMatchObject({ template: '/api/:v/rooms/:room', params: { v: '2', room: '7' } })
    expect(await answerOf(found.handler, request)).toEqual(['7'])
  })

  test('says what was tried', () => {
    expect(app.match(get('/posted?x'))).toEqual({
      matched: false,
      description:
        'no route matches GET /posted: tried /echo, /api/:v/*, /posted (if a predicate holds)',
    })
    expect(websockets().match(get('/'))).toMatchObject({
      description: 'no route matches GET /: there are none',
    })
    const many = websockets(...Array.from({ length: 12 }, (_, n) => bind(`/${n}`, () => undefined)))
    expect(many.match(get('/'))).toMatchObject({
      description: expect.stringMatching(/\/9, and 2 more$/),
    })
  })

  test('runs no filter', () => {
    const app = websockets(bind('/', () => says(''))).withHandshake(() => {
      throw new Error('was run')
    })
    expect(app.match(get('/')).matched).toBe(true)
    expect(app.match(get('/a'))).toEqual({
      matched: false,
      description: 'no route matches GET /a: tried /',
    })
  })
})

describe('withFilter', () => {
  test('puts the filter before every consumer, the last one added outermost, and changes no router', async () => {
    const plain = websockets(
      bind('/now', () => says('now')),
      bind('/later', async () => says('later')),
    )
    const filtered = plain.withFilter(announces('inner')).withFilter(announces('outer'))
    expect(await answerOf(filtered, '/now')).toEqual(['outer', 'inner', 'now'])
    expect(await answerOf(filtered, '/later')).toEqual(['outer', 'inner', 'later'])
    expect(await answerOf(plain, '/now')).toEqual(['now'])
    expect(await answerOf(filtered, '/none')).toBeUndefined()
  })

  test('keeps what a handler says about the handshake, and what its socket can do', async () => {
    const limits = { maxMessageSize: 5 }
    const app = websockets(
      bind('/', () =>
        accept((socket) => socket.send(`masking ${socket.frames.masking}`), {
          mode: 'frames',
          protocol: 'p',
          headers: { a: 'b' },
          limits,
        }),
      ),
      bind('/no', () => new Response(null, { status: 403 })),
      bind('/left', () => undefined),
    ).withFilter(announces('filter'))
    expect(await app(get('/'))).toMatchObject({
      mode: 'frames',
      protocol: 'p',
      headers: { a: 'b' },
      limits,
    })
    expect(await answerOf(app, '/')).toEqual(['filter', 'masking false'])
    expect(await answerOf(app, '/no')).toBe(403)
    expect(await answerOf(app, '/left')).toBeUndefined()
  })

  test('holds under a base path, and in another router', async () => {
    const app = websockets(bind('/', () => says('here'))).withFilter(announces('filter'))
    expect(await answerOf(app.withBasePath('/a'), '/a')).toEqual(['filter', 'here'])
    expect(await answerOf(websockets(bind('/b', app)), '/b')).toEqual(['filter', 'here'])
  })

  test('lets what the consumer returns through', async () => {
    const app = websockets(bind('/', () => async () => 'done')).withFilter(announces('filter'))
    const decision = await app(get('/'))
    if (decision === undefined || !('consumer' in decision)) throw new Error('no consumer')
    expect(await decision.consumer(socketStub())).toBe('done')
  })
})

describe('withHandshake', () => {
  const user = requestKey<string>('user')
  const authenticated: HandshakeFilter = (next) => (request) => {
    const name = request.header('x-user')
    return name === null ? new Response(null, { status: 401 }) : next(request.with(user, name))
  }

  test('decides before the routes, and hands a changed request on', async () => {
    const app = websockets(
      bind('/:room', (request) => says(`${request.get(user)} in ${request.params.room}`)),
    ).withHandshake(authenticated)
    expect(await answerOf(app, get('/a', { headers: { 'x-user': 'ann' } }))).toEqual(['ann in a'])
    expect(await answerOf(app, '/a')).toBe(401)
  })

  test('leaves requests that no route matches to the next router', async () => {
    const app = websockets(
      bind('/', websockets(bind('/private', () => says('private'))).withHandshake(authenticated)),
      bind('/public', () => says('public')),
    )
    expect(await answerOf(app, '/public')).toEqual(['public'])
    expect(await answerOf(app, '/private')).toBe(401)
  })

  test('calls the filter once for all requests, and what it made once for each', async () => {
    const log: string[] = []
    const counts: HandshakeFilter = (next) => {
      log.push('filter')
      return (request) => {
        log.push(`handler ${JSON.stringify(request.params)}`)
        return next(request)
      }
    }
    const app = websockets(
      bind(
        '/api',
        websockets(
          bind('/:a', () => undefined),
          bind('/:b', () => says('b')),
        ).withHandshake(counts),
      ),
    )
    expect(await answerOf(app, '/api/1')).toEqual(['b'])
    expect(await answerOf(app, '/api/2')).toEqual(['b'])
    expect(log).toEqual(['filter', 'handler {"a":"1"}', 'handler {"a":"2"}'])
  })

  test('routes the request that the filter hands on', async () => {
    const app = websockets(
      bind('/old/:id', () => says('never')),
      bind('/new/:id', (request) => says(`new ${request.params.id}`)),
    )
      .withHandshake(
        (next) => (request) => next(request.withUrl(request.url.replace('old', 'new'))),
      )
      .withBasePath('/api')
    expect(await answerOf(app, '/api/old/1')).toEqual(['new 1'])
  })

  test('wraps those added before it', async () => {
    const tags =
      (name: string): HandshakeFilter =>
      (next) =>
      (request) =>
        next(request.withHeader('x-tags', `${request.header('x-tags') ?? ''}${name}`))
    const app = websockets(bind('/', (request) => says(`${request.header('x-tags')}`)))
      .withHandshake(tags('inner'))
      .withHandshake(tags('outer-'))
    expect(await answerOf(app, '/')).toEqual(['outer-inner'])
  })
})
