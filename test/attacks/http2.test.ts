import { constants, type OutgoingHttpHeaders } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { Besieged } from '../support/besieged.ts'
import { Http2Client } from '../support/http2-client.ts'
import { clientFrames } from '../support/raw-client.ts'
import { tls } from '../support/tls.ts'

const HELLO = { opcode: 1, payload: 'hello' }
const CLOSE = { opcode: 8, payload: Uint8Array.of(0x03, 0xe8) }

const besieged = (): Promise<Besieged> => Besieged.start({ tls, http2: true })

const client = ({ port }: Besieged, initialWindowSize = 65_535): Promise<Http2Client> =>
  Http2Client.connect(`https://127.0.0.1:${port}`, { settings: { initialWindowSize } })

/** Whether a peer that behaves is served. */
async function serves(server: Besieged): Promise<boolean> {
  await using good = await client(server)
  const tunnel = await good.open()
  tunnel.send(HELLO, CLOSE)
  return (await tunnel.shown()).join() === '1 hello,close 1000'
}

/** Requests that are no WebSockets, however they are meant. */
const WRONG: readonly (readonly [string, OutgoingHttpHeaders])[] = [
  ['a CONNECT to a host', { ':protocol': undefined, ':scheme': undefined, ':path': undefined }],
  ['another protocol', { ':protocol': 'websocket2' }],
  ['a protocol in capitals', { ':protocol': 'WebSocket' }],
  ['a GET with a protocol', { ':method': 'GET' }],
  ['the headers of HTTP/1.1', { ':method': 'GET', ':protocol': undefined, upgrade: 'websocket' }],
  ['a body', { 'content-length': '5' }],
  ['two hosts', { host: 'example.org' }],
  ['a large header', { 'x-large': 'a'.repeat(20_000) }],
  ['many headers', Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, '1']))],
]

describe('a server with HTTP/2', () => {
  it.each(WRONG)('opens nothing for %s', async (_, headers) => {
    await using server = await besieged()
    await using bad = await client(server)
    const status = await new Promise<number>((resolve) => {
      const refused = (): void => resolve(0)
      try {
        const stream = bad.request('/', headers).on('close', refused)
        stream.on('response', ({ ':status': status = 0 }) => resolve(status))
        stream.write(clientFrames(HELLO))
      } catch {
        // Node's client does not send it.
        refused()
      }
    })
    expect(status === 0 || status >= 400).toBe(true)
    expect(server.open.size).toBe(0)
    expect(await serves(server)).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('survives streams that are opened and reset at once', async () => {
    await using server = await besieged()
    await using bad = await client(server)
    // Node ends a connection on which a thousand are reset.
    for (let round = 0; round < 9; round++) {
      const streams = Array.from({ length: 100 }, () => bad.request())
      const closed = streams.map((stream) => new Promise((resolve) => stream.on('close', resolve)))
      for (const stream of streams) {
        stream.write(clientFrames(HELLO))
        stream.close(constants.NGHTTP2_CANCEL)
      }
      await Promise.all(closed)
    }
    expect(await serves(server)).toBe(true)
    await server.ended(server.ends.length + server.open.size)
    expect(server.open.size).toBe(0)
    expect(server.lines).toEqual([])
  })

  it('goes on with a connection whose sockets hold all that they may, since the peer opens no window', async () => {
    await using server = await besieged()
    await using bad = await client(server, 0)
    const tunnels = await Promise.all(Array.from({ length: 50 }, () => bad.open()))
    for (const socket of [...server.open].slice(0, 3)) {
      socket.onError(() => {})
      // All in one turn, and so in one write.
      for (let i = 0; i < 16; i++) socket.send('a'.repeat(1_000_000))
      await new Promise(setImmediate)
      expect([socket.state, socket.bufferedAmount > 15_000_000]).toEqual(['open', true])
    }
    // Node would refuse other streams of a connection for which it holds too much itself.
    expect((await bad.open()).status).toBe(200)
    expect(await serves(server)).toBe(true)
    expect(tunnels).toHaveLength(50)
    expect(server.lines).toEqual([])
  })

  it('does not accept more streams than it says', async () => {
    await using server = await besieged()
    await using bad = await client(server)
    const streams = Array.from({ length: 300 }, () => bad.request())
    await expect.poll(() => server.open.size).toBe(256)
    expect(await serves(server)).toBe(true)
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL)
    await expect.poll(() => server.open.size).toBe(0)
    expect(server.lines).toEqual([])
  })

  it('ends all sockets of a connection that breaks the protocol', async () => {
    await using server = await besieged()
    await using bad = await client(server)
    await Promise.all(Array.from({ length: 20 }, () => bad.open()))
    // Not TLS: the connection cannot be read any more.
    bad.tcp.write(Buffer.alloc(100, 0xff))
    await server.ended(20)
    expect(server.ends.every(({ code }) => code === 1006)).toBe(true)
    expect(await serves(server)).toBe(true)
    expect(server.lines).toEqual([])
  })
})
