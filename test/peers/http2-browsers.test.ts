import { once } from 'node:events'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { attach } from '../../src/node/attach.ts'
import { node } from '../../src/node/index.ts'
import { poly } from '../../src/routing/poly.ts'
import { serve } from '../../src/serving/engine.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { tls } from '../support/tls.ts'
import { BROWSERS, useBrowser } from './support/browsers.ts'

const HTML = { 'Content-Type': 'text/html' }

const echo: WsHandler = ({ path }) =>
  path === '/refused'
    ? new Response('no', { status: 403 })
    : (socket) => {
        socket.onMessage((message) => socket.send(message))
      }

/** A server of pages that count what they cause: connections of HTTP/2, and WebSockets over either protocol. */
async function pages(allowHTTP1: boolean): Promise<{
  readonly http: Http2SecureServer
  readonly url: string
  readonly counts: { sessions: number; connect: number; upgrade: number }
}> {
  const http = createSecureServer({ ...tls, allowHTTP1 }, (_, response) => {
    response.writeHead(200, HTML).end()
  })
  const counts = { sessions: 0, connect: 0, upgrade: 0 }
  http.on('session', () => counts.sessions++)
  http.on('connect', () => counts.connect++)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return { http, url: `https://127.0.0.1:${(http.address() as AddressInfo).port}`, counts }
}

describe.each(BROWSERS)('a page of %s that came over HTTP/2', (name) => {
  const open = useBrowser(name)

  test.each([
    ['nothing else', false],
    ['HTTP/1.1 as well', true],
  ])('opens its WebSockets over its connection, where the server has %s', async (_, allowHTTP1) => {
    const { http, url, counts } = await pages(allowHTTP1)
    const attachment = attach(http, echo)
    const page = await open(url)
    expect(await page.evaluate(talk)).toEqual(['hello', 300_000, 1000, true])
    expect(await page.evaluate(refused)).toBe(1006)
    expect(counts).toEqual({ sessions: 1, connect: 2, upgrade: 0 })
    await attachment.detach()
    await page.close()
    http.close()
  })

  test('opens them over HTTP/1.1, where others listen for upgrades, too', async () => {
    const { http, url, counts } = await pages(true)
    http.on('upgrade', () => counts.upgrade++)
    const attachment = attach(http, echo)
    const page = await open(url)
    expect(await page.evaluate(talk)).toEqual(['hello', 300_000, 1000, true])
    expect(counts).toEqual({ sessions: 1, connect: 0, upgrade: 1 })
    await attachment.detach()
    await page.close()
    http.close()
  })

  test('is served, with its WebSockets, by node()', async () => {
    const app = poly({ http: () => new Response('', { headers: HTML }), ws: echo })
    await using server = await serve(app, node({ tls, http2: true }))
    const page = await open(server.url)
    expect(await page.evaluate(protocolOfPage)).toBe('h2')
    expect(await page.evaluate(talk)).toEqual(['hello', 300_000, 1000, true])
    expect(await page.evaluate(refused)).toBe(1006)
    await page.close()
  })
})

/** Runs in the page: what came back of a text and of bytes, and how the socket ended. */
function talk(): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(location.href.replace('http', 'ws'))
    socket.binaryType = 'arraybuffer'
    const heard: unknown[] = []
    socket.onopen = () => {
      socket.send('hello')
      socket.send(new Uint8Array(300_000))
    }
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === 'string' ? data : data.byteLength)
      if (heard.length === 2) socket.close(1000)
    }
    socket.onerror = () => reject(new Error('it did not open'))
    socket.onclose = ({ code, wasClean }) => resolve([...heard, code, wasClean])
  })
}

/** Runs in the page: the code with which a socket ends that the server refuses. */
function refused(): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${location.href.replace('http', 'ws')}refused`)
    socket.onclose = ({ code }) => resolve(code)
  })
}

/** Runs in the page. */
function protocolOfPage(): string | undefined {
  const [navigation] = performance.getEntriesByType('navigation')
  return navigation instanceof PerformanceResourceTiming ? navigation.nextHopProtocol : undefined
}
