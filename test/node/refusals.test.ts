import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node } from '../../src/node/engine.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { Server } from '../../src/websocket/server.ts'
import { ACCEPT, handshake, RawClient } from '../support/raw-client.ts'

let server: Server
const reports: string[] = []

beforeAll(async () => {
  const app = poly(
    routes(bind('/ping', () => new Response('pong'))),
    websockets(
      bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
      bind('/secret', () => {
        const headers = new Headers({ 'www-authenticate': 'Bearer', 'x-why': 'no t\u00fccket' })
        headers.append('set-cookie', 'a=1')
        headers.append('set-cookie', 'b=2')
        headers.append('content-length', '999')
        headers.append('connection', 'keep-alive')
        headers.append('keep-alive', 'timeout=5')
        headers.append('transfer-encoding', 'chunked')
        return new Response('who are you?', { status: 401, statusText: 'Who Are You', headers })
      }),
      bind('/teapot', () => new Response(null, { status: 418 })),
      bind('/nothing', () => new Response(null, { status: 204 })),
      bind('/unnamed', () => new Response(null, { status: 499 })),
      bind('/broken', () => {
        const body = new ReadableStream({
          start: (controller) => controller.error(new Error('torn')),
        })
        return new Response(body, { status: 400 })
      }),
      bind('/control', () => new Response('a', { headers: { 'x-echo': '\x01' } })),
      bind('/locked', () => {
        const response = new Response('a')
        response.body?.getReader()
        return response
      }),
      bind('/chat', () => accept(() => {}, { protocol: 'chat.v1', headers: { 'X-Room': 'blue' } })),
      bind('/bad-header', () => accept(() => {}, { headers: { Upgrade: 'h2c' } })),
      bind('/bad-limit', () => accept(() => {}, { limits: { maxMessageSize: Number.NaN } })),
      bind('/listed', () => accept(() => {}, { origin: ['https://a.example'] })),
      bind('/asked', (request) =>
        accept(() => {}, { origin: (origin, seen) => origin === null && seen.url === request.url }),
      ),
      bind('/origin-throws', () =>
        accept(() => {}, {
          origin: () => {
            throw new Error('the policy threw')
          },
        }),
      ),
    ),
  )
  server = await serve(
    app,
    node({
      webSockets: { onError: (error, socket) => reports.push(`${error.message} ${socket}`) },
    }),
  )
})

afterAll(() => server.stop({ drain: 100 }))

/** All that a server says to these bytes. */
async function answer(request: string, { port }: Server = server): Promise<string> {
  await using client = await RawClient.open(port)
  client.write(request)
  const text = await client.rest()
  await client.closed
  return text
}

/** As many headers, beside the five that a handshake has. */
function further(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, '']))
}

describe('a handshake is refused', () => {
  test.each<[number, string, Parameters<typeof handshake>]>([
    [400, 'the header Sec-WebSocket-Key is missing', ['/echo', { 'Sec-WebSocket-Key': null }]],
    [400, "the header Sec-WebSocket-Key is 'short'", ['/echo', { 'Sec-WebSocket-Key': 'short' }]],
    [400, 'the header Host is missing', ['/echo', { Host: null }]],
    [400, 'do not make a URL', ['/echo', { Host: 'a b' }]],
    [400, 'do not make a URL', ['/echo', { Host: 'ann:secret@a' }]],
    [400, 'do not make a URL', ['http:///echo']],
    [400, 'do not make a URL', ['ftp://localhost/echo']],
    [400, 'leave out the header Content-Length', ['/echo', { 'Content-Length': '3' }]],
    [
      400,
      'Sec-WebSocket-Extensions is malformed',
      ['/echo', { 'Sec-WebSocket-Extensions': 'a; =' }],
    ],
    [400, 'Sec-WebSocket-Protocol is malformed', ['/echo', { 'Sec-WebSocket-Protocol': '@' }]],
    [426, 'it must be 13', ['/echo', { 'Sec-WebSocket-Version': '8' }]],
    [426, 'it must be 13', ['/echo', { 'Sec-WebSocket-Version': null }]],
    [405, "this one is 'POST'", ['/echo', {}, 'POST']],
    [404, 'Not Found', ['/nowhere']],
    [431, 'fewer than 1000 headers', ['/echo', further(995)]],
    [400, "speaks the subprotocol 'chat.v1'", ['/chat']],
    [
      403,
      'pages of the origin https://evil.example may',
      ['/echo', { Origin: 'https://evil.example' }],
    ],
    [403, "the option 'origin'", ['/echo', { Origin: 'null' }]],
    [
      403,
      'https://localhost.evil.example',
      ['/echo', { Origin: 'https://localhost.evil.example' }],
    ],
    [403, 'https://b.example', ['/listed', { Origin: 'https://b.example' }]],
    [403, 'https://a.example', ['/asked', { Origin: 'https://a.example' }]],
  ])('with %i: %s', async (status, message, request) => {
    const before = reports.length
    const text = await answer(handshake(...request))
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`))
    expect(text).toContain(message)
    expect(text).toMatch(/\r\nConnection: (Upgrade, )?close\r\n/)
    expect(reports.slice(before)).toEqual([])
  })

  test('with 426 that says which protocol and version would do', async () => {
    const text = await answer(handshake('/echo', { 'Sec-WebSocket-Version': '8' }))
    expect(text).toMatch(/\r\nupgrade: websocket\r\n/i)
    expect(text).toMatch(/\r\nConnection: Upgrade, close\r\n/)
    expect(text).toMatch(/\r\nsec-websocket-version: 13\r\n/i)
  })

  test('with 405 that says which method would do', async () => {
    expect(await answer(handshake('/echo', {}, 'POST'))).toMatch(/\r\nallow: GET\r\n/i)
  })

  test('with 405 and no body, when it is a HEAD', async () => {
    const text = await answer(handshake('/echo', {}, 'HEAD'))
    expect(text).toMatch(
      /^HTTP\/1.1 405 Method Not Allowed\r\n.*\r\nContent-Length: [1-9]\d*\r\n\r\n$/s,
    )
  })

  test('with 400 on HTTP/1.0', async () => {
    const text = await answer(handshake('/echo').replace('HTTP/1.1', 'HTTP/1.0'))
    expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(text).toContain("not '1.0'")
  })

  test('with 431 when its head is too large', async () => {
    const text = await answer(handshake('/echo', { 'X-Long': 'a'.repeat(16_384) }))
    expect(text).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/)
  })

  test('with 408 when its head takes too long', async () => {
    await using hasty = await serve(() => () => {}, node({ handshakeTimeout: 100 }))
    const text = await answer('GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: web', hasty)
    expect(text).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/)
  })

  test('with what the HTTP half says to its path', async () => {
    const text = await answer(handshake('/ping'))
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(text).toMatch(/\r\n\r\npong$/)
  })
})

describe('a handshake is taken', () => {
  test.each<[string, Parameters<typeof handshake>]>([
    ['from the same host', ['/echo', { Host: 'a.example', Origin: 'http://a.example' }]],
    ['behind a proxy that ends TLS', ['/echo', { Host: 'a.example', Origin: 'https://a.example' }]],
    ['from a listed origin', ['/listed', { Origin: 'https://a.example' }]],
    ['from an origin that a policy allows', ['/asked']],
    ['with as many headers as can be', ['/echo', further(994)]],
    ['with an absolute target', ['http://localhost/echo']],
    [
      'with tokens in any case',
      ['/echo', { Upgrade: 'WebSocket', Connection: 'keep-alive, upgrade' }],
    ],
  ])('%s', async (_, request) => {
    await using client = await RawClient.open(server.port)
    client.write(handshake(...request))
    expect(await client.head()).toContain(`Sec-WebSocket-Accept: ${ACCEPT}`)
  })

  test('with the subprotocol and the headers of accept', async () => {
    await using client = await RawClient.open(server.port)
    client.write(handshake('/chat', { 'Sec-WebSocket-Protocol': 'chat.v2, chat.v1' }))
    const head = await client.head()
    expect(head).toContain('\r\nSec-WebSocket-Protocol: chat.v1\r\n')
    expect(head).toContain('\r\nX-Room: blue\r\n')
  })
})

describe('a refusal by the application', () => {
  test('arrives with status, headers and body', async () => {
    const text = await answer(handshake('/secret'))
    expect(text).toMatch(/^HTTP\/1.1 401 Who Are You\r\n/)
    expect(text).toContain('\r\nwww-authenticate: Bearer\r\n')
    expect(text).toContain('\r\nx-why: no t\u00fccket\r\n')
    expect(text).toContain('\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n')
    expect(
      text.match(/^(?:content-length|connection|keep-alive|transfer-encoding):.*$/gim),
    ).toEqual(['Connection: close', 'Content-Length: 12'])
    expect(text).toMatch(/\r\n\r\nwho are you\?$/)
  })

  test('may have no body and no text of its own', async () => {
    const text = await answer(handshake('/teapot'))
    expect(text).toMatch(/^HTTP\/1.1 418 I'm a Teapot\r\n/)
    expect(text).toMatch(/\r\nContent-Length: 0\r\n\r\n$/)
    expect(await answer(handshake('/unnamed'))).toMatch(/^HTTP\/1.1 499 \r\n/)
  })

  test('has no length with 204, which must not have one', async () => {
    expect(await answer(handshake('/nothing'))).toBe(
      'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
    )
  })
})

describe('what an application gets wrong is a 500, told to the hook', () => {
  test.each([
    ['/bad-header', "header 'Upgrade' belongs to the handshake"],
    ['/bad-limit', 'the option maxMessageSize is NaN'],
    ['/origin-throws', 'the policy threw'],
    ['/broken', 'torn undefined'],
    ['/control', "the value of header 'x-echo'"],
    ['/locked', 'locked'],
  ])('%s', async (path, message) => {
    const before = reports.length
    const text = await answer(handshake(path))
    expect(text).toMatch(/^HTTP\/1.1 500 Internal Server Error\r\n/)
    expect(text).toMatch(/\r\n\r\nthe handler failed\n$/)
    expect(reports.slice(before)).toEqual([expect.stringContaining(message)])
  })
})
