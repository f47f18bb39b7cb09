import {
  context,
  metrics as globalMetrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liftHandshake } from '../../src/filters/lift.ts'
import { openTelemetry } from '../../src/opentelemetry/open-telemetry.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { type WsRouter, websockets } from '../../src/routing/ws-router.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

// As the SDK for Node sets them up, for the whole process.
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  )
})
afterAll(() => {
  context.disable()
  propagation.disable()
})

function telemetry(options: { readonly messages?: boolean } = {}) {
  const spans = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const filter = openTelemetry({ ...options, tracerProvider, meterProvider })

  /** Value and attributes of each data point, by the names of the metrics. */
  async function measured(): Promise<Record<string, unknown[]>> {
    exporter.reset()
    await reader.forceFlush()
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    const points = scopes.flatMap(({ metrics }) =>
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ value, attributes }) => [
          typeof value === 'object' ? value.count : value,
          attributes,
        ]),
      ]),
    )
    return Object.fromEntries(points)
  }

  return {
    filter,
    meterProvider,
    tracer: tracerProvider.getTracer('test'),
    ended: () => spans.getFinishedSpans(),
    measured,
  }
}

const echo = websockets(
  bind('/rooms/:room', () => (socket) => socket.onMessage((message) => socket.send(message))),
)

async function visit(app: WsRouter, path: string, ...messages: string[]): Promise<void> {
  const client = testWsClient(app, path)
  for (const message of messages) client.send(message)
  client.close()
  await client.closed
}

describe('a connection', () => {
  test('has a span by the template of its route, from the request to the close', async () => {
    const { filter, ended } = telemetry()
    const client = testWsClient(echo.withHandshake(filter), '/rooms/tea?token=secret')
    expect(ended()).toEqual([])
    client.close()
    await client.closed
    const [span] = ended()
    expect(span).toMatchObject({
      name: 'WebSocket /rooms/:room',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
    })
    expect(span!.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/rooms/:room',
      'http.response.status_code': 101,
      'url.scheme': 'http',
      'url.path': '/rooms/tea',
      'server.address': 'localhost',
      'websocket.close.code': 1000,
    })
  })

  test('has the whole template below base paths, in routers and behind predicates', async () => {
    const { filter, ended } = telemetry()
    const rooms = echo.withHandshake(filter)
    const tenants = websockets(
      bind('/:tenant', websockets(bind((request) => request.path !== '/none', rooms))),
    ).withBasePath('/api')
    await visit(tenants, '/api/acme/rooms/tea')
    expect(ended()[0]!.name).toBe('WebSocket /api/:tenant/rooms/:room')
  })

  test('is in the trace that its headers name', async () => {
    const { filter, ended } = telemetry()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const client = testWsClient(echo.withHandshake(filter), '/rooms/tea', {
      headers: { traceparent },
    })
    client.close()
    await client.closed
    expect(ended()[0]).toMatchObject({
      parentSpanContext: { spanId: 'b7ad6b7169203331' },
    })
    expect(ended()[0]!.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  })

  test('is what consumer, listeners and sessions belong to', async () => {
    const { filter, tracer, ended } = telemetry()
    const work = (name: string) => tracer.startSpan(name).end()
    const app = websockets(
      bind('/consumer', () => (socket) => {
        work('consumer')
        socket.onMessage(async () => {
          await Promise.resolve()
          work('listener')
        })
      }),
      webSocket('/session', async (session) => {
        for await (const _frame of session.incoming) work('session')
      }),
    ).withHandshake((next) => (request) => {
      work('handshake')
      return next(request)
    })
    const traced = app.withHandshake(filter)
    await visit(traced, '/consumer', 'hello')
    await visit(traced, '/session', 'hello')
    const parents = new Map(ended().map((span) => [span.spanContext().spanId, span.name]))
    const children = ended().filter((span) => span.kind === SpanKind.INTERNAL)
    expect(
      children.map((span) => [span.name, parents.get(span.parentSpanContext!.spanId)]),
    ).toEqual([
      ['handshake', 'WebSocket /consumer'],
      ['consumer', 'WebSocket /consumer'],
      ['listener', 'WebSocket /consumer'],
      ['handshake', 'WebSocket /session'],
      ['session', 'WebSocket /session'],
    ])
  })

  test('is what listeners for errors and the close belong to', async () => {
    const { filter, tracer, ended } = telemetry()
    const app = websockets(
      bind('/', () => (socket) => {
        socket.onError(() => tracer.startSpan('error').end())
        socket.onClose(() => tracer.startSpan('close').end())
        socket.onMessage(() => {
          throw new Error('broken')
        })
      }),
    )
    await visit(app.withHandshake(filter), '/', 'hello')
    const connection = ended().find(({ kind }) => kind === SpanKind.SERVER)!
    const children = ended().filter(({ kind }) => kind === SpanKind.INTERNAL)
    expect(children.map(({ name }) => name)).toEqual(['error', 'close'])
    for (const child of children) {
      expect(child.parentSpanContext?.spanId).toBe(connection.spanContext().spanId)
    }
  })

  test('says which subprotocol it has, and why it was closed', async () => {
    const { filter, ended } = telemetry()
    const app = websockets(
      bind('/', () =>
        accept((socket) => socket.close(WsStatus.GOING_AWAY.description('moved')), {
          protocol: 'chat',
        }),
      ),
    )
    await testWsClient(app.withHandshake(filter), '/', { protocols: ['chat'] }).closed
    expect(ended()[0]!.attributes).toMatchObject({
      'websocket.subprotocol': 'chat',
      'websocket.close.code': 1001,
      'websocket.close.reason': 'moved',
    })
  })

  test('has failed if a listener threw', async () => {
    const { filter, ended } = telemetry()
    const app = websockets(
      bind('/', () => (socket) => {
        socket.onError(() => {})
        socket.onMessage(() => {
          throw new Error('broken')
        })
      }),
    )
    await visit(app.withHandshake(filter), '/', 'hello')
    expect(ended()[0]!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' })
    expect(ended()[0]!.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': 'broken' } },
    ])
  })

  test('has failed with what the consumer threw, not only with the close that follows', async () => {
    const { filter, ended } = telemetry()
    const app = websockets(
      bind('/', () => () => {
        throw new RangeError('broken')
      }),
    )
    await testWsClient(app.withHandshake(filter), '/', { webSockets: { onError() {} } }).closed
    expect(ended()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'broken' },
      attributes: { 'websocket.close.code': 1011, 'error.type': 'RangeError' },
    })
  })

  test('has failed with some close codes', async () => {
    const { filter, ended } = telemetry()
    const client = testWsClient(echo.withHandshake(filter), '/rooms/tea')
    await client.opened
    client.close(new CloseReason(1002, 'wrong'))
    await expect.poll(ended).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR },
        attributes: { 'websocket.close.code': 1002, 'error.type': '1002' },
      },
    ])
  })

  test('has not failed if its client does not answer pings any more', async () => {
    const { filter, ended } = telemetry()
    const clock = new VirtualClock()
    const client = testWsClient(echo.withHandshake(filter), '/rooms/tea', {
      mode: 'frames',
      webSockets: { clock, pingInterval: 10, pongTimeout: 10 },
    })
    await client.opened
    clock.advance(20)
    await expect.poll(ended).toMatchObject([
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'websocket.close.code': 1011, 'websocket.close.reason': 'Ping timeout' },
      },
    ])
  })

  test('has not failed if it was lost', async () => {
    const { filter, ended } = telemetry()
    const client = testWsClient(echo.withHandshake(filter), '/rooms/tea')
    await client.opened
    client.terminate()
    await expect.poll(ended).toMatchObject([
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'websocket.close.code': 1006 },
      },
    ])
  })

  test('is measured with all others of its route', async () => {
    const { filter, measured } = telemetry()
    const app = echo.withHandshake(filter)
    const open = testWsClient(app, '/rooms/milk')
    await open.opened
    await visit(app, '/rooms/tea', 'hello', 'you')
    const route = { 'http.route': '/rooms/:room' }
    expect(await measured()).toEqual({
      'websocket.server.handshakes': [[2, { ...route, 'http.response.status_code': 101 }]],
      'websocket.server.active_connections': [[1, route]],
      'websocket.server.connection.duration': [[1, { ...route, 'websocket.close.code': 1000 }]],
      'websocket.server.messages': [
        [2, { ...route, 'network.io.direction': 'receive' }],
        [2, { ...route, 'network.io.direction': 'transmit' }],
      ],
      'websocket.server.io': [
        [8, { ...route, 'network.io.direction': 'receive' }],
        [8, { ...route, 'network.io.direction': 'transmit' }],
      ],
    })
    open.close()
    await open.closed
  })

  test('counts a message once, however many listen', async () => {
    const { filter, measured } = telemetry()
    const app = websockets(
      bind('/', () => (socket) => {
        for (const listener of [() => {}, () => {}]) socket.onMessage(listener)
      }),
    )
    await visit(app.withHandshake(filter), '/', 'hello')
    expect(await measured()).toMatchObject({ 'websocket.server.messages': [[1, {}]] })
  })

  test('is counted with those of similar close codes, of which peers have many', async () => {
    const { filter, ended, measured } = telemetry()
    const app = echo.withHandshake(filter)
    for (const code of [1001, 3000, 3999, 4001, 4999]) {
      const client = testWsClient(app, '/rooms/tea')
      client.close(new CloseReason(code, ''))
      await client.closed
    }
    const route = { 'http.route': '/rooms/:room' }
    expect((await measured())['websocket.server.connection.duration']).toEqual([
      [1, { ...route, 'websocket.close.code': 1001 }],
      [2, { ...route, 'websocket.close.code': 3000 }],
      [2, { ...route, 'websocket.close.code': 4000 }],
    ])
    expect(ended().at(-1)!.attributes).toMatchObject({ 'websocket.close.code': 4999 })
  })
})

describe('a request that opens nothing', () => {
  test('has a span with its status', async () => {
    const { filter, ended, measured } = telemetry()
    const app = websockets(bind('/', () => new Response(null, { status: 401 })))
    await testWsClient(app.withHandshake(filter), '/').closed
    expect(ended()).toMatchObject([
      { status: { code: SpanStatusCode.UNSET }, attributes: { 'http.response.status_code': 401 } },
    ])
    expect(await measured()).toMatchObject({
      'websocket.server.handshakes': [[1, { 'http.response.status_code': 401 }]],
    })
  })

  test('has failed if its handler threw', async () => {
    const { filter, ended } = telemetry()
    const app = websockets(
      bind('/', () => {
        throw new Error('broken')
      }),
    )
    await testWsClient(app.withHandshake(filter), '/', { webSockets: { onError() {} } }).closed
    expect(ended()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: 'broken' },
        attributes: { 'http.response.status_code': 500, 'error.type': 'Error' },
        events: [{ name: 'exception' }],
      },
    ])
  })

  test('has failed if its handler answered that it did', async () => {
    const { filter, ended } = telemetry()
    const app = websockets(bind('/', () => new Response(null, { status: 503 })))
    await testWsClient(app.withHandshake(filter), '/').closed
    expect(ended()).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '503' } },
    ])
  })

  test('is named after its method if it is a plain one, and is no handshake', async () => {
    const { filter, tracer, ended, measured } = telemetry()
    const pages = routes(
      bind('/page', () => {
        tracer.startSpan('page').end()
        return new Response('page')
      }),
    )
    const app = liftHandshake(filter)(poly(pages, echo))
    await app.http(new Request('http://[::1]:9000/page'))
    await app.http(new Request('http://localhost/page', { method: 'BREW' }))
    const [page, get, , other] = ended()
    expect(get).toMatchObject({
      name: 'GET',
      attributes: {
        'http.response.status_code': 200,
        'server.address': '::1',
        'server.port': 9000,
      },
    })
    expect(page!.parentSpanContext?.spanId).toBe(get!.spanContext().spanId)
    expect(other).toMatchObject({
      name: 'HTTP',
      attributes: { 'http.request.method': '_OTHER' },
    })
    expect(await measured()).not.toHaveProperty('websocket.server.handshakes')
  })
})

describe('spans of messages', () => {
  test('are traces of their own, with a link to the connection', async () => {
    const { filter, tracer, ended } = telemetry({ messages: true })
    const app = websockets(
      bind('/', () => (socket) => {
        socket.onMessage(async (message) => {
          await Promise.resolve()
          tracer.startSpan(`handled ${message.text()}`).end()
        })
      }),
    )
    await visit(app.withHandshake(filter), '/', 'hello')
    const [work, message, connection] = ['handled hello', 'WebSocket / message', 'WebSocket /'].map(
      (name) => ended().find((span) => span.name === name),
    )
    expect(work).toMatchObject({
      name: 'handled hello',
      parentSpanContext: { spanId: message!.spanContext().spanId },
    })
    expect(message).toMatchObject({
      name: 'WebSocket / message',
      kind: SpanKind.CONSUMER,
      parentSpanContext: undefined,
      links: [{ context: connection!.spanContext() }],
      attributes: { 'websocket.message.mode': 'text', 'websocket.message.size': 5 },
    })
  })

  test('keep the baggage of the connection', async () => {
    const { filter } = telemetry({ messages: true })
    const users: unknown[] = []
    const app = websockets(
      bind('/', () => (socket) => {
        socket.onMessage(() => {
          users.push(propagation.getActiveBaggage()?.getEntry('user')?.value)
        })
      }),
    )
    const client = testWsClient(app.withHandshake(filter), '/', {
      headers: { baggage: 'user=ann' },
    })
    client.send('hello')
    client.close()
    await client.closed
    expect(users).toEqual(['ann'])
  })

  test('have failed if the listener rejected', async () => {
    const { filter, ended } = telemetry({ messages: true })
    const app = websockets(
      bind('/', () => (socket) => {
        socket.onError(() => {})
        socket.onMessage(async () => {
          throw new Error('broken')
        })
      }),
    )
    await visit(app.withHandshake(filter), '/', 'hello')
    expect(ended().find((span) => span.name === 'WebSocket / message')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'broken' },
    })
  })
})

describe('openTelemetry', () => {
  test('does nothing without an SDK', async () => {
    const app = echo.withHandshake(openTelemetry())
    const client = testWsClient(app, '/rooms/tea')
    client.send('hello')
    expect([...client.received()].map((message) => message.text())).toEqual(['hello'])
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined()
  })

  test('measures with an SDK that is set up after it', async () => {
    const app = echo.withHandshake(openTelemetry())
    const { meterProvider, measured } = telemetry()
    globalMetrics.setGlobalMeterProvider(meterProvider)
    await visit(app, '/rooms/tea')
    globalMetrics.disable()
    expect(await measured()).toHaveProperty('websocket.server.handshakes')
  })

  test('names a span without a route after what it is', async () => {
    const { filter, ended } = telemetry()
    const client = testWsClient(
      filter(() => () => {}),
      '/',
    )
    client.close()
    await client.closed
    expect(ended()[0]!.name).toBe('WebSocket')
    expect(ended()[0]!.attributes).not.toHaveProperty('http.route')
  })

  test('refuses unknown options', () => {
    expect(() => openTelemetry({ message: true } as never)).toThrow(
      'openTelemetry() has no option message',
    )
  })
})
