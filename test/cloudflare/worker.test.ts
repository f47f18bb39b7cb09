import { expect, test } from 'vitest'
import {
  type ExecutionContext,
  executionContext,
  type WorkersWebSockets,
  worker,
  workersTraits,
} from '../../src/cloudflare/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'

const context: ExecutionContext = { waitUntil() {}, passThroughOnException() {} }

const app = websockets(
  bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
)

test('pages find the bindings under the key for them, and the context of their call', async () => {
  const env = requestKey<{ readonly GREETING: string }>('env')
  const { fetch } = worker(
    poly(
      routes(
        bind('/', (request) => {
          expect(request.get(executionContext)).toBe(context)
          return new Response(request.get(env).GREETING)
        }),
      ),
    ),
    { env },
  )
  const response = await fetch(new Request('http://worker/'), { GREETING: 'hello' }, context)
  expect(await response.text()).toBe('hello')
})

test('an upgrade needs no more headers than a Worker sends to another', async () => {
  const request = (path: string): Request =>
    new Request(`http://worker${path}`, { headers: { upgrade: 'websocket' } })
  const reports: Error[] = []
  const { fetch } = worker(app, { webSockets: { onError: (error) => reports.push(error) } })
  expect((await fetch(request('/nowhere'), {}, context)).status).toBe(404)
  expect((await fetch(new Request('http://worker/echo'), {}, context)).status).toBe(426)
  expect(reports).toEqual([])
  // It was taken: what is missing is the runtime.
  expect((await fetch(request('/echo'), {}, context)).status).toBe(500)
  expect(reports).toEqual([expect.any(NotSupportedException)])
  expect(reports[0]?.message).toContain('there is no WebSocketPair')
})

test('a decision is waited for, and opens no socket for a client that has left meanwhile', async () => {
  const gone = new AbortController()
  const waited: Promise<unknown>[] = []
  const waiting = { ...context, waitUntil: (promise: Promise<unknown>) => waited.push(promise) }
  const reports: Error[] = []
  const { fetch } = worker(
    async () => {
      gone.abort()
      return () => {}
    },
    { webSockets: { onError: (error) => reports.push(error) } },
  )
  const headers = { upgrade: 'websocket' }
  const answer = fetch(new Request('http://worker/', { headers, signal: gone.signal }), {}, waiting)
  expect(waited).toHaveLength(1)
  expect((await answer).status).toBe(400)
  expect(reports).toEqual([])
})

test('options that Workers cannot follow are errors that say so', () => {
  const configured = (webSockets: WorkersWebSockets) => () => worker(app, { webSockets })
  expect(configured({ maxMessageSize: 32 * 1024 * 1024 })).not.toThrow()
  expect(configured({ maxMessageSize: 32 * 1024 * 1024 + 1 })).toThrow(
    new RangeError(
      'the option maxMessageSize is 33554433: cloudflare reads at most 33554432 bytes of a message',
    ),
  )
  const untyped: object = { pingInterval: 30_000 }
  expect(configured(untyped)).toThrow(
    new NotSupportedException('cloudflare has no pings: leave out the option pingInterval'),
  )
})

test('what Workers lack can be asked', () => {
  expect(workersTraits.name).toBe('cloudflare')
  expect(workersTraits.lacks).toContain('pings')
  expect(workersTraits.lacks).not.toContain('bufferedAmount')
})
