import { describe, expect, it } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake, RawClient } from '../support/raw-client.ts'

const app = poly(
  routes(
    bind('/ping', () => new Response('pong')),
    bind('/pages/:name', ({ url }) => new Response(new URL(url).pathname)),
  ),
  websockets(
    bind('/rooms/:name', (request) => (socket) => {
      socket.send(request.params.name)
    }),
  ),
)

const TARGETS = [
  '/ping',
  '//ping',
  '/../../ping',
  '/\\ping',
  '/pages/%zz',
  '/pages/%ff',
  '/rooms/%zz',
  '/rooms/%c3%28',
  '/%00',
  '/ping?%zz#fragment',
  'http://[::1/ping',
  'http://a:b@c/ping',
  'http://',
  '*',
]

const HOSTS = ['a', '', 'a b', 'a:99999', '[::1', 'ann:secret@a', 'a/b?c', '\u009b', '%zz', 'xn--']

describe('targets and hosts that make no URL, or a strange one', () => {
  it.each(HOSTS)(
    'are refused or served with Host: %j, and are no fault of the application',
    async (host) => {
      await using server = await Besieged.start({ app })
      const heads = TARGETS.flatMap((target) => [
        handshake(target, { Host: host }),
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        handshake(target, { Host: host, Upgrade: 'h2c' }),
      ])
      const answers = await Promise.all(
        heads.map(async (head) => {
          await using peer = await RawClient.open(server.port)
          peer.write(head)
          return Number((await peer.head()).split(' ')[1])
        }),
      )
      expect(answers.filter((status) => status >= 500)).toEqual([])
      expect(server.lines).toEqual([])
    },
  )
})

describe('a Host that would be part of the path', () => {
  // A proxy in front that guards paths sees another one than a router that reads the URL.
  it.each([
    'localhost/rooms/secret?',
    'localhost/rooms/secret#',
    'localhost\\rooms\\secret?',
    'a@b',
    '',
  ])('is refused: %j', async (host) => {
    await using server = await Besieged.start({ app })
    const attacker = await RawClient.open(server.port)
    attacker.write(handshake('/nowhere', { Host: host }))
    expect(await attacker.rest()).toMatch(/^HTTP\/1\.1 400 /)
    expect(server.lines).toEqual([])
  })
})
