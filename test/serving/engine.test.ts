import { describe, expect, test } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { type Engine, polyOf, serve } from '../../src/serving/engine.ts'
import type { Server } from '../../src/websocket/server.ts'

const plain = new Request('http://localhost/a')
const upgrade = new Request('http://localhost/a', {
  headers: { upgrade: 'WebSocket', connection: 'keep-alive, Upgrade' },
})
const noUpgrade = new Request('http://localhost/a', {
  headers: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' },
})
const halfAnUpgrade = new Request('http://localhost/a', { headers: { upgrade: 'websocket' } })

/** The status of what the HTTP half answers. */
async function status(app: PolyHandler, request: Request): Promise<number | undefined> {
  const answer = await app.http?.(request)
  return answer instanceof Response ? answer.status : undefined
}

describe('a handler as an application', () => {
  test('is itself when it has both halves', () => {
    const app: PolyHandler = { http: undefined, ws: undefined }
    expect(polyOf(app)).toBe(app)
  })

  test('asks for an upgrade where there is none, and has nothing else', async () => {
    const handler = (): undefined => undefined
    const app = polyOf(handler)
    expect(app.ws).toBe(handler)
    expect(await status(app, plain)).toBe(426)
    expect(await status(app, upgrade)).toBe(404)
    expect(await status(app, halfAnUpgrade)).toBe(426)
  })

  test('asks for an upgrade on the paths of a router', async () => {
    const app = polyOf(websockets(bind('/a', () => () => {})))
    expect(await status(app, plain)).toBe(426)
    expect(await status(app, upgrade)).toBe(404)
    expect(await status(app, new Request('http://localhost/b'))).toBe(404)
  })
})

test.each([
  ['of a handler', polyOf(() => undefined)],
  ['of a router', polyOf(websockets(bind('/a', () => () => {})))],
  ['of both halves', poly(routes(), websockets(bind('/a', () => () => {})))],
])(
  'an application %s says when a proxy has left out half an upgrade, or all of it',
  async (_, app) => {
    const answer =
      '426 the request needs Upgrade: websocket and Connection: Upgrade: perhaps a proxy on the way removes them\n'
    expect(await told(app, halfAnUpgrade)).toBe(answer)
    expect(await told(app, noUpgrade)).toBe(answer)
  },
)

async function told(app: PolyHandler, request: Request): Promise<string> {
  const answer = await app.http?.(request)
  if (!(answer instanceof Response)) throw new Error('it did not answer')
  return `${answer.status} ${await answer.text()}`
}

test('serve starts the application on the engine', async () => {
  const server: Server = {
    port: 1,
    url: 'http://localhost:1',
    stop: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  const started: PolyHandler[] = []
  const engine: Engine = {
    name: 'test',
    lacks: [],
    start: async (app) => {
      started.push(app)
      return server
    },
  }
  const handler = (): undefined => undefined
  expect(await serve(handler, engine)).toBe(server)
  expect(started.map(({ ws }) => ws)).toEqual([handler])
})

test.each<[given: readonly unknown[], message: string]>([
  [[5], 'the server needs a router, a handler, or { http, ws } of handlers, not number'],
  [
    [bind('/', () => () => {})],
    'the server needs a router, a handler, or { http, ws } of handlers, not object',
  ],
  [[() => undefined], 'serve(app, engine) needs an engine, such as node() makes, not undefined'],
  [
    [() => undefined, () => {}],
    'serve(app, engine) needs an engine, such as node() makes, not function',
  ],
])('serve refuses what is no application or no engine, where no type has: %j', (given, message) => {
  expect(() => Reflect.apply(serve, undefined, given)).toThrow(new TypeError(message))
})
