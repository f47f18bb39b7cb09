import { Buffer } from 'node:buffer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { open } from '../../src/node/client/connect.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'
import { rawServer } from '../support/raw-server.ts'

/** What memory that nobody wrote to holds, in these tests. */
const SECRET = 0xa5
const FOUR = Buffer.alloc(4, SECRET)

const { allocUnsafe, allocUnsafeSlow } = Buffer

beforeEach(() => {
  vi.spyOn(Buffer, 'allocUnsafe').mockImplementation((size) => allocUnsafe(size).fill(SECRET))
  vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) =>
    allocUnsafeSlow(size).fill(SECRET),
  )
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Of every length at which headers or buffers change, and text whose bytes are more than its characters. */
const SIZES = [
  0, 1, 125, 126, 127, 1000, 8192, 8193, 16_383, 16_384, 65_535, 65_536, 65_537, 200_000,
]
const CONTENTS: readonly (string | Uint8Array)[] = SIZES.flatMap((size) => [
  'x'.repeat(size),
  'é'.repeat(size / 2),
  '語'.repeat(size / 3),
  '😀'.repeat(size / 4),
  new Uint8Array(size),
])

const TOTAL = CONTENTS.reduce(
  (sum, content) =>
    sum + (typeof content === 'string' ? Buffer.byteLength(content) : content.length),
  0,
)

describe('memory that nobody wrote to', () => {
  it('stands in no frame of a server', async () => {
    await using server = await Besieged.start({}, (socket) => {
      for (const content of CONTENTS) socket.send(content)
      socket.link.ping?.(new Uint8Array(125))
      socket.close()
    })
    const peer = await server.stranger()
    peer.write(handshake())
    await peer.head()
    peer.send({ opcode: 8 })
    const sent = Buffer.from(await peer.rest(), 'latin1')
    expect(sent.length).toBeGreaterThan(TOTAL)
    expect(sent.length).toBeLessThan(TOTAL + 14 * (CONTENTS.length + 3) + 125)
    expect(sent.includes(FOUR)).toBe(false)
  })

  it('stands in no echo, when frames come in one packet', async () => {
    await using server = await Besieged.start()
    const peer = await server.peer()
    const frames = [1, 2, 9].flatMap((opcode) =>
      [0, 1, 7, 100, 125].map((size) => ({ opcode, payload: 'z'.repeat(size) })),
    )
    peer.send(...frames, { opcode: 8, payload: Uint8Array.of(0x03, 0xe8) })
    const sent = Buffer.from(await peer.rest(), 'latin1')
    expect(sent.includes(FOUR)).toBe(false)
    expect(sent.subarray(-4).toString('hex')).toBe('880203e8')
  })

  it('stands in no compressed frame', async () => {
    const extensions = [WebSocketExtensions.deflate()]
    await using server = await Besieged.start({ webSockets: { extensions } }, (socket) => {
      for (const content of CONTENTS) socket.send(content)
      socket.close()
    })
    const peer = await server.stranger()
    peer.write(handshake('/', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }))
    await peer.head()
    peer.send({ opcode: 8 })
    const sent = Buffer.from(await peer.rest(), 'latin1')
    expect(sent.length).toBeLessThan(20_000)
    expect(sent.includes(FOUR)).toBe(false)
  })

  it('stands in no frame of a client, whose masks are fresh', async () => {
    let sent = Buffer.alloc(0)
    await using server = await rawServer((connection) => {
      connection.socket.on('data', (chunk: Buffer) => {
        sent = Buffer.concat([sent, chunk])
      })
      connection.upgrade()
      void connection.gone.then(() => connection.socket.end())
    })
    await new Promise<void>((resolve) => {
      const socket = open(server.url, { closeTimeout: 200 }, (own) => {
        for (const content of CONTENTS) own.send(content)
        own.close()
      })
      socket.onClose(() => resolve())
    })
    const keys = new Set<string>()
    for (let at = 0; at < sent.length; ) {
      const short = sent[at + 1]! & 0x7f
      const octets = short === 126 ? 2 : short === 127 ? 8 : 0
      const length =
        octets === 2
          ? sent.readUInt16BE(at + 2)
          : octets === 8
            ? Number(sent.readBigUInt64BE(at + 2))
            : short
      const start = at + 2 + octets + 4
      const key = sent.subarray(start - 4, start)
      keys.add(key.toString('hex'))
      const payload = sent.subarray(start, start + length).map((octet, i) => octet ^ key[i & 3]!)
      expect(Buffer.from(payload).includes(FOUR)).toBe(false)
      at = start + length
    }
    expect(keys.size).toBe(CONTENTS.length + 1)
  })
})
