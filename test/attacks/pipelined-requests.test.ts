import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { attach } from '../../src/node/attach.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { Besieged } from '../support/besieged.ts'
import { BareServer } from '../support/http-server.ts'
import { handshake, RawClient } from '../support/raw-client.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

const answerWith = (body: string): Response =>
  new Response(body, { headers: { 'Content-Length': String(body.length) } })

interface Slow extends AsyncDisposable {
  readonly server: Besieged
  /** What was asked, in order. */
  readonly asked: string[]
  /** Resolves when `/slow` has been asked. */
  readonly waiting: Promise<void>
  /** Lets it answer. */
  answer(): void
}

/** A server that answers `/slow` only when it is told to. */
async function slow(): Promise<Slow> {
  const asked: string[] = []
  let wait!: () => void
  let answer!: () => void
  const waiting = new Promise<void>((resolve) => {
    wait = resolve
  })
  const told = new Promise<void>((resolve) => {
    answer = resolve
  })
  const app = poly(
    routes(
      bind('/slow', async () => {
        asked.push('slow')
        wait()
        await told
        return answerWith('late')
      }),
      bind('/quick', () => {
        asked.push('quick')
        return answerWith('soon')
      }),
    ),
    websockets(
      bind('/echo', () => (socket) => {
        asked.push('echo')
        socket.send('hello')
      }),
      bind('/refused', () => new Response('no', { status: 403 })),
    ),
  )
  const server = await Besieged.start({ app })
  return {
    server,
    asked,
    waiting,
    answer,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('requests in front of an upgrade, in the same packet', () => {
  it('are answered before it, and write nothing into the WebSocket', async () => {
    await using one = await slow()
    const attacker = await one.server.stranger()
    attacker.write(get('/slow') + get('/quick') + handshake('/echo'))
    await one.waiting
    // Time enough for an answer in front of that one.
    for (let i = 0; i < 10; i++) await turn()
    one.answer()
    for (const body of ['late', 'soon']) {
      expect(await attacker.head()).toMatch(/^HTTP\/1\.1 200 /)
      expect((await attacker.bytes(4)).toString()).toBe(body)
    }
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(await attacker.shown()).toBe('1 hello')
    expect(one.asked).toEqual(['slow', 'quick', 'echo'])
    expect(one.server.lines).toEqual([])
  })

  it.each([
    ['refused by the application', handshake('/refused'), 403],
    ['no route takes', handshake('/nowhere'), 404],
    [
      'has too many headers',
      // A thousand in all: Node 22 and later refuse more by themselves, and answer nothing else.
      handshake('/echo').replace('\r\n\r\n', `\r\n${'x:\r\n'.repeat(995)}\r\n`),
      431,
    ],
    ['asks for another protocol', handshake('/quick', { Upgrade: 'h2c' }), 200],
    ['asks another protocol of a WebSocket', handshake('/echo', { Upgrade: 'h2c' }), 426],
  ])('are answered before one that %s', async (_, upgrade, status) => {
    await using one = await slow()
    const attacker = await one.server.stranger()
    attacker.write(get('/slow') + upgrade)
    await one.waiting
    // Time enough for an answer in front of that one.
    for (let i = 0; i < 10; i++) await turn()
    one.answer()
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 200 /)
    expect((await attacker.bytes(4)).toString()).toBe('late')
    expect(await attacker.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    await attacker.rest()
    expect(one.server.lines).toEqual([])
  })

  it.each([
    ['websocket', 101],
    ['h2c', 426],
  ])('are answered before one to %s with more than fits in one write', async (Upgrade, status) => {
    const piece = 'a'.repeat(50_000)
    let pieces = 40
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pieces-- > 0) controller.enqueue(Buffer.from(piece))
        else controller.close()
      },
    })
    const headers = { 'Content-Length': String(40 * piece.length) }
    await using server = await Besieged.start({
      app: poly(
        routes(bind('/much', () => new Response(body, { headers }))),
        websockets(bind('/echo', () => (socket) => socket.send('hello'))),
      ),
    })
    const attacker = await server.stranger()
    attacker.write(get('/much') + handshake('/echo', { Upgrade }))
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 200 /)
    for (let i = 0; i < 40; i++) expect((await attacker.bytes(50_000)).toString()).toBe(piece)
    expect(await attacker.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it.each(['websocket', 'h2c'])(
    'of a peer that resets the connection leave an upgrade to %s unasked',
    async (Upgrade) => {
      await using one = await slow()
      const attacker = await one.server.stranger()
      attacker.write(get('/slow') + handshake('/echo', { Upgrade }))
      await one.waiting
      attacker.socket.resetAndDestroy()
      await attacker.closed
      one.answer()
      await using other = await RawClient.open(one.server.port)
      other.write(get('/quick'))
      await other.head()
      expect(one.asked).toEqual(['slow', 'quick'])
      expect(one.server.lines).toEqual([])
    },
  )

  it('whose answer ends the connection leave the upgrade without a socket', async () => {
    const waiting: ServerResponse[] = []
    let sockets = 0
    await using server = await BareServer.listen((_, response) => waiting.push(response))
    const attachment = attach(server.http, () => () => void sockets++)
    await using attacker = await RawClient.open(server.port)
    attacker.write(get('/') + handshake())
    while (waiting.length === 0) await turn()
    waiting[0]!.writeHead(204, { Connection: 'close' }).end()
    expect(await attacker.rest()).toMatch(/^HTTP\/1\.1 204 /)
    await attacker.closed
    await attachment.detach()
    expect(sockets).toBe(0)
  })

  it('do not hold up a stop past its deadline', async () => {
    const one = await slow()
    const attacker = await one.server.stranger()
    attacker.write(get('/slow') + handshake('/echo'))
    await one.waiting
    await one[Symbol.asyncDispose]()
    await attacker.closed
  })

  it("of somebody else's server are answered before it, too", async () => {
    const waiting: ServerResponse[] = []
    await using server = await BareServer.listen((_, response) => waiting.push(response))
    attach(server.http, () => (socket) => socket.send('hello'))
    await using attacker = await RawClient.open(server.port)
    attacker.write(get('/') + get('/') + handshake())
    for (const status of [200, 404]) {
      while (waiting.length === 0) await turn()
      waiting.shift()!.writeHead(status, { 'Content-Length': 0 }).end()
      expect(await attacker.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    }
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(await attacker.shown()).toBe('1 hello')
  })
})
