import { describe, expect, it } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'

const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** A server whose `/admin` must never be asked; with what was asked of it. */
async function guarded(): Promise<{ server: Besieged; asked: string[] }> {
  const asked: string[] = []
  const app = poly(
    routes(
      bind('/admin', () => {
        asked.push('/admin')
        return new Response('secret')
      }),
    ),
    websockets(
      bind('/echo', () => (socket) => {
        socket.onMessage((message) => asked.push(message.text()))
      }),
      bind('/refused', () => new Response('no', { status: 403 })),
    ),
  )
  return { server: await Besieged.start({ app }), asked }
}

describe('a request hidden behind an upgrade', () => {
  it.each([
    ['that is taken', handshake('/echo')],
    ['that the application refuses', handshake('/refused')],
    ['that no route takes', handshake('/nowhere')],
    ['that is malformed', handshake('/echo', { 'Sec-WebSocket-Key': 'x' })],
    ['of another site', handshake('/echo', { Origin: 'https://evil.example' })],
    [
      'with a body, by Content-Length',
      handshake('/echo', { 'Content-Length': String(SMUGGLED.length) }),
    ],
    ['with a body, by Transfer-Encoding', handshake('/echo', { 'Transfer-Encoding': 'chunked' })],
    ['with both', handshake('/echo', { 'Content-Length': '4', 'Transfer-Encoding': 'chunked' })],
    ['with two lengths', handshake('/echo', { 'Content-Length': '0', 'content-length': '42' })],
    ['with a length that is none', handshake('/echo', { 'Content-Length': '+0' })],
    ['with an encoding in disguise', handshake('/echo', { 'Transfer-Encoding': 'xchunked' })],
    ['by POST', handshake('/echo', { 'Content-Length': '5' }, 'POST')],
    ['of an old version', handshake('/echo').replace('HTTP/1.1', 'HTTP/1.0')],
  ])('%s is never answered', async (_, upgrade) => {
    const { server, asked } = await guarded()
    await using besieged = server
    const attacker = await besieged.stranger()
    attacker.write(upgrade + SMUGGLED + SMUGGLED)
    // The first byte of what is hidden is no frame: an upgrade that was taken ends, too.
    const answer = await attacker.rest()
    expect(asked).toEqual([])
    expect(answer).not.toContain('secret')
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(server.lines).toEqual([])
  })

  it('with a body is refused, and not taken for a WebSocket', async () => {
    const { server } = await guarded()
    await using besieged = server
    for (const header of [{ 'Content-Length': '5' }, { 'Transfer-Encoding': 'chunked' }]) {
      const attacker = await besieged.stranger()
      attacker.write(handshake('/echo', header))
      expect(await attacker.head()).toMatch(/^HTTP\/1\.1 400 /)
    }
  })
})

describe('a header that would add a line to the answer', () => {
  it.each([
    ['Sec-WebSocket-Protocol', 'chat\r\nX-Evil: 1'],
    ['Sec-WebSocket-Protocol', 'chat\nX-Evil: 1'],
    ['Sec-WebSocket-Extensions', 'permessage-deflate\rX-Evil: 1'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==\r\nX-Evil: 1'],
    ['Origin', 'http://localhost\u0000'],
  ])('%s: %j adds none', async (name, value) => {
    await using server = await Besieged.start()
    const attacker = await server.stranger()
    attacker.write(handshake('/', { [name]: value }))
    const head = await attacker.head()
    expect(head.toLowerCase()).not.toContain('x-evil')
  })
})
