import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DenoOptions, deno } from '../../src/deno/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { accept } from '../../src/websocket/accept.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

// What it does on Deno itself is in test/runtimes/deno.test.ts.

const app = websockets(
  bind('/', () => () => {}),
  bind('/chat', () => accept(() => {}, { protocol: 'chat', headers: { 'X-Own': 'yes' } })),
)
const handshake = {
  host: 'localhost',
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const upgrade = new Request('http://localhost/', { headers: handshake })

interface Info {
  readonly completed: Promise<void>
  readonly remoteAddr: { readonly hostname?: string }
}

type Handler = (request: Request, info: Info) => unknown

const info: Info = { completed: Promise.resolve(), remoteAddr: { hostname: '192.0.2.7' } }

interface Asked {
  readonly serve: object[]
  readonly upgradeWebSocket: object[]
  handler?: Handler
}

/** As much of Deno as listens and upgrades, and what it was asked for. */
function fakeDeno(socket: object = {}): Asked {
  const asked: Asked = { serve: [], upgradeWebSocket: [] }
  vi.stubGlobal('Deno', {
    serve(options: object, handler: Handler) {
      asked.serve.push(options)
      asked.handler = handler
      return { addr: { port: 1234 }, finished: Promise.resolve(), async shutdown() {} }
    },
    upgradeWebSocket(_: Request, options: object) {
      asked.upgradeWebSocket.push(options)
      return { socket, response: new Response() }
    },
  })
  return asked
}

async function upgraded(options: DenoOptions): Promise<Asked> {
  const asked = fakeDeno()
  await serve(app, deno(options))
  await asked.handler?.(upgrade, info)
  return asked
}

afterEach(() => vi.unstubAllGlobals())

describe('the engine for Deno', () => {
  test('needs Deno', async () => {
    await expect(serve(app, deno())).rejects.toThrow(NotSupportedException)
    await expect(serve(app, deno())).rejects.toThrow(
      'deno() serves on Deno alone: on Node, use node()',
    )
  })

  test('listens on this machine alone unless told otherwise', async () => {
    const asked = fakeDeno()
    const { url, port } = await serve(app, deno())
    expect([url, port]).toEqual(['http://127.0.0.1:1234', 1234])
    expect(asked.serve).toEqual([expect.objectContaining({ port: 0, hostname: '127.0.0.1' })])
    const six = await serve(app, deno({ hostname: '::1', tls: { cert: 'a', key: 'b' } }))
    expect(six.url).toBe('https://[::1]:1234')
    expect(asked.serve[1]).toMatchObject({ hostname: '::1', cert: 'a', key: 'b' })
  })

  test('does not listen without TLS when it is to have it', async () => {
    const asked = fakeDeno()
    const tls = {} as { cert: string; key: string }
    await expect(serve(app, deno({ tls }))).rejects.toThrow('the option tls needs cert and key')
    expect(asked.serve).toEqual([])
  })

  test('has Deno ping nobody unless told otherwise, and counts in seconds', async () => {
    expect((await upgraded({})).upgradeWebSocket).toEqual([{ idleTimeout: 0 }])
    const { upgradeWebSocket } = await upgraded({ idleTimeout: 1_500 })
    expect(upgradeWebSocket).toEqual([{ idleTimeout: 1.5 }])
  })

  test('answers the subprotocol itself, wherever it stands in the list', async () => {
    const asked = fakeDeno()
    await serve(app, deno())
    const headers = { ...handshake, 'sec-websocket-protocol': 'other,chat' }
    const request = new Request('http://localhost/chat', { headers })
    const response = await asked.handler?.(request, info)
    if (!(response instanceof Response)) throw new Error('it did not answer')
    expect([...response.headers]).toEqual([
      ['sec-websocket-protocol', 'chat'],
      ['x-own', 'yes'],
    ])
    expect(asked.upgradeWebSocket).toEqual([{ idleTimeout: 0 }])
  })

  test.each([
    [{ hostname: '192.0.2.7' }, '192.0.2.7'],
    [{}, 'none'],
  ])('tells handlers of both halves the address of %j', async (remoteAddr, address) => {
    const asked = fakeDeno()
    const tell = (request: UpgradeRequest): Response =>
      new Response(`${request.remoteAddress ?? 'none'}`)
    await serve(poly(routes(bind('/page', tell)), websockets(bind('/', tell))), deno())
    for (const request of [upgrade, new Request('http://localhost/page')]) {
      const response = await asked.handler?.(request, { ...info, remoteAddr })
      expect(response instanceof Response && (await response.text())).toBe(address)
    }
  })

  test('closes what opens only when the server stops with the status of the stop', async () => {
    const closed: unknown[] = []
    const socket = { onopen() {}, close: (...reason: unknown[]) => closed.push(reason) }
    const asked = fakeDeno(socket)
    const server = await serve(app, deno())
    await asked.handler?.(upgrade, info)
    const stopped = server.stop({ status: WsStatus.SERVICE_RESTART })
    socket.onopen()
    await stopped
    expect(closed).toEqual([[1012, 'Service restart']])
  })

  test.each([
    [{ idleTimeout: -1 }, 'the option idleTimeout is -1'],
    [{ webSockets: { closeTimeout: -1 } }, 'the option closeTimeout is -1'],
    [{ webSockets: { maxMessageSize: 64 * 1024 * 1024 } }, 'deno reads at most 67108863 bytes'],
  ])('refuses %j, which cannot be', async (options, message) => {
    fakeDeno()
    await expect(serve(app, deno(options))).rejects.toThrow(RangeError)
    await expect(serve(app, deno(options))).rejects.toThrow(message)
  })

  test.each([
    [{ pingInterval: 30_000 }, 'deno has no pings: leave out the option pingInterval'],
    [{ maxFrameSize: 1 }, 'deno has no frameLimits: leave out the option maxFrameSize'],
    [{ extensions: [] }, 'deno has no extensions: leave out the option extensions'],
  ])('refuses %j, which Deno cannot follow', async (webSockets: object, message) => {
    fakeDeno()
    await expect(serve(app, deno({ webSockets }))).rejects.toThrow(NotSupportedException)
    await expect(serve(app, deno({ webSockets }))).rejects.toThrow(message)
  })
})
