import { afterEach, describe, expect, test, vi } from 'vitest'
import { type BunOptions, bun } from '../../src/bun/engine.ts'
import { refusal } from '../../src/bun/refusal.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'

// What needs Bun itself is in test/runtimes.

const upgrade = new Request('http://localhost/', {
  headers: {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
})

test('the engine for Bun says what it lacks, and where it runs', async () => {
  const { name, lacks } = bun()
  expect([name, lacks.includes('frames')]).toEqual(['bun', true])
  await expect(serve(() => undefined, bun())).rejects.toThrow(NotSupportedException)
  await expect(serve(() => undefined, bun())).rejects.toThrow(
    'bun() needs Bun: run the program with bun, or serve it with node() of antiphon/node',
  )
})

describe('of Bun, the engine asks', () => {
  afterEach(() => vi.unstubAllGlobals())

  async function asked(options: BunOptions): Promise<object | undefined> {
    let asked: object | undefined
    vi.stubGlobal('Bun', {
      serve(serving: object) {
        asked = serving
        return { port: 1 }
      },
    })
    await serve(() => undefined, bun(options))
    return asked
  }

  test.each([undefined, ''])(
    'for nothing where TLS has no certificate, or no key: %j',
    async (none) => {
      for (const tls of [
        { cert: none, key: 'PEM' },
        { cert: 'PEM', key: none },
      ] as { cert: string; key: string }[]) {
        await expect(asked({ tls })).rejects.toThrow('the option tls needs cert and key')
      }
      expect(await asked({ tls: { cert: 'PEM', key: 'PEM' } })).toHaveProperty('tls.cert', 'PEM')
    },
  )

  test('for a port of its own, unless it is to be shared', async () => {
    expect(await asked({})).toMatchObject({ port: 0, hostname: '127.0.0.1', reusePort: false })
    expect(await asked({ reusePort: true })).toMatchObject({ reusePort: true })
  })
})

describe('the engine for Bun', () => {
  afterEach(() => vi.unstubAllGlobals())

  type Fetch = (request: Request, server: object) => Promise<Response>

  /** How it answers requests. */
  async function served(app: PolyHandler, options?: BunOptions): Promise<Fetch> {
    let fetch!: Fetch
    vi.stubGlobal('Bun', {
      serve(serving: { fetch: Fetch }) {
        fetch = serving.fetch
        return { port: 1 }
      },
    })
    await serve(app, bun(options))
    return fetch
  }

  test.each([
    [{ address: '192.0.2.7' }, '192.0.2.7'],
    [null, 'none'],
  ])('tells handlers of both halves the address of %j', async (peer, address) => {
    const tell = (request: UpgradeRequest): Response =>
      new Response(`${request.remoteAddress ?? 'none'}`)
    const fetch = await served(poly(routes(bind('/page', tell)), websockets(bind('/', tell))))
    for (const request of [upgrade, new Request('http://localhost/page')]) {
      const response = await fetch(request, { timeout() {}, requestIP: () => peer })
      expect(await response.text()).toBe(address)
    }
  })

  test('bounds the time for the next head on a connection, and not that for an answer', async () => {
    const app = poly(routes(bind('/page', () => new Response())))
    const fetch = await served(app)
    const timeout = vi.fn()
    const request = new Request('http://localhost/page')
    const answering = fetch(request, { timeout, requestIP: () => null })
    expect(timeout.mock.lastCall).toEqual([request, 0])
    await answering
    expect(timeout.mock.lastCall).toEqual([request, 10])
    // Where the body is a stream, it is still being sent.
    await vi.waitFor(() => expect(timeout.mock.lastCall).toEqual([request, 0]))
  })
})

describe('what Bun refuses of a peer', () => {
  test.each([
    ['Received too big message', 1009],
    ['Received too big message, or other inflation error', 1009],
    ['Received invalid UTF-8', 1007],
    ['Received invalid compressed data', 1007],
    ['Received invalid opcode', 1002],
    ['Received too big control frame', 1002],
    ['Received an incorrectly masked frame', 1002],
  ])('is told by its text: %s', (text, code) => {
    const error = refusal(text)
    expect([error?.reason.code, error?.reason.message]).toEqual([code, text])
    expect(error?.message).toBe(`Bun: ${text}`)
  })

  test.each(['', 'Received TCP FIN before WebSocket close frame'])(
    'is not a connection that was lost: %j',
    (text) => {
      expect(refusal(text)).toBeUndefined()
    },
  )
})
