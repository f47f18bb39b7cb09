import { describe, expect, it } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { accept } from '../../src/websocket/accept.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'

const PROTOCOL = { 'Sec-WebSocket-Protocol': 'chat' }

/** An application that believes what it is told, and says it again. */
const app = poly(
  routes(
    bind('/pages/:name', ({ params }) => new Response('', { headers: { 'X-Page': params.name } })),
  ),
  websockets(
    bind('/header/:value', ({ params }) =>
      accept(() => {}, { headers: { 'X-Room': params.value } }),
    ),
    bind('/name/:value', ({ params }) => accept(() => {}, { headers: { [params.value]: 'x' } })),
    bind('/protocol/:value', ({ params }) => accept(() => {}, { protocol: params.value })),
    bind(
      '/status/:value',
      ({ params }) => new Response('', { status: 400, statusText: params.value }),
    ),
    bind(
      '/refusal/:value',
      ({ params }) => new Response('', { status: 302, headers: { Location: `/${params.value}` } }),
    ),
  ),
)

const UPGRADES = ['/header/', '/name/', '/protocol/', '/status/', '/refusal/', '/pages/']

const VALUES = [
  'x%0d%0aX-Evil:%201',
  'x%0aX-Evil:%201',
  'x%0dX-Evil:%201',
  'x%0d%0a%0d%0aHTTP%2f1.1%20200%20OK%0d%0aX-Evil:%201%0d%0a%0d%0a',
  'x%00X-Evil:%201',
  // What would be a line end if only its low byte were sent.
  'x%c4%8d%c4%8aX-Evil:%201',
  'x%e2%80%a8X-Evil:%201',
]

const REQUESTS = [
  ...UPGRADES.map((path) => [path, (target: string) => handshake(target, PROTOCOL)] as const),
  [
    '/pages/',
    (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  ] as const,
]

describe('a value that would add a line to the answer', () => {
  it.each(REQUESTS)('adds none in %s, whoever believes it', async (path, request) => {
    await using server = await Besieged.start({ app })
    for (const value of VALUES) {
      const before = server.lines.length
      const attacker = await server.stranger()
      attacker.write(request(path + value))
      const answer = await attacker.rest()
      const head = answer.slice(0, answer.indexOf('\r\n\r\n'))
      expect(head).toMatch(/^HTTP\/1\.1 [45]\d\d /)
      expect(head).not.toMatch(/[\r\n]X-Evil/i)
      expect(answer.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1)
      // It is a fault of the application, and told as such: an error, and where it was.
      const said = server.lines.slice(before)
      expect(said.length).toBeLessThanOrEqual(1)
      expect(
        said
          .join()
          .split('\n')
          .slice(1)
          .filter((line) => !line.startsWith('    at ')),
      ).toEqual([])
    }
  })
})
