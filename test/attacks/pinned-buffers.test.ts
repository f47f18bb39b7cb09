import { describe, expect, it } from 'vitest'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'
import { accept } from '../../src/websocket/accept.ts'
import { Besieged } from '../support/besieged.ts'
import { clientFrames, handshake } from '../support/raw-client.ts'

/** Bytes that keep alive more than themselves. */
function pinned(kept: readonly Uint8Array[]): number[] {
  return kept
    .filter(({ buffer, byteLength }) => buffer.byteLength !== byteLength)
    .map(({ byteLength }) => byteLength)
}

const SIZES = [1, 7, 125, 126, 1000, 4096, 65_536, 100_000]

describe('what a listener keeps', () => {
  it('is exactly the message, whole or in fragments, and no buffer it was read into', async () => {
    const kept: Uint8Array[] = []
    const count = SIZES.length * 2
    await using server = await Besieged.start({}, (socket) => {
      socket.onMessage((message) => {
        kept.push(message.bytes())
        if (kept.length === count) socket.send('all')
      })
    })
    const peer = await server.peer()
    for (const size of SIZES) {
      const payload = new Uint8Array(size)
      const half = size >> 1
      peer.send(
        { opcode: 2, payload },
        { opcode: 2, payload: payload.subarray(0, half), fin: false },
        { opcode: 0, payload: payload.subarray(half) },
      )
    }
    expect(await peer.shown()).toBe('1 all')
    expect(kept.map(({ length }) => length)).toEqual(SIZES.flatMap((size) => [size, size]))
    expect(pinned(kept)).toEqual([])
  })

  it('is exactly the payload of a Ping, a Pong and a Close', async () => {
    const kept: Uint8Array[] = []
    await using server = await Besieged.start({}, (socket) => {
      socket.link.onPong?.((data) => kept.push(data))
      socket.link.onControl?.((frame) => kept.push(frame.data))
    })
    const peer = await server.peer()
    peer.send(
      { opcode: 9, payload: 'ping' },
      { opcode: 10, payload: 'pong' },
      { opcode: 8, payload: '\u0003' },
    )
    await peer.rest()
    peer.socket.destroy()
    expect(kept.length).toBeGreaterThanOrEqual(3)
    expect(pinned(kept)).toEqual([])
  })

  it('is exactly the payload of each raw frame', async () => {
    const kept: Frame[] = []
    await using server = await Besieged.start({
      app: () =>
        accept(
          (socket) => {
            socket.frames.onFrame((frame) => {
              kept.push(frame)
              if (frame.type === 'ping') socket.terminate()
            })
          },
          { mode: 'frames' },
        ),
    })
    const peer = await server.peer()
    peer.write(
      clientFrames(
        { opcode: 1, payload: 'abc', fin: false },
        { opcode: 0 },
        { opcode: 2, payload: 'd' },
      ),
    )
    peer.send({ opcode: 9, payload: 'last' })
    await peer.closed
    expect(kept.map(({ type }) => type)).toEqual(['text', 'text', 'binary', 'ping'])
    expect(pinned(kept.map(({ data }) => data))).toEqual([])
  })

  it('is exactly the message when it was compressed', async () => {
    const kept: Uint8Array[] = []
    const extensions = [WebSocketExtensions.deflate()]
    await using server = await Besieged.start({ webSockets: { extensions } }, (socket) => {
      socket.onMessage((message) => {
        kept.push(message.bytes())
        socket.send('kept')
      })
    })
    const peer = await server.stranger()
    peer.write(handshake('/', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }))
    await peer.head()
    // "Hello", compressed by hand (RFC 7692, section 7.2.3.1).
    peer.send({ opcode: 2, rsv: 4, payload: Buffer.from('f248cdc9c90700', 'hex') })
    await peer.frame()
    expect(Buffer.from(kept[0]!).toString()).toBe('Hello')
    expect(pinned(kept)).toEqual([])
  })
})

describe('what a connection keeps', () => {
  it('of a frame that is not whole is a small multiple of what came', async () => {
    await using server = await Besieged.start()
    const peers = await Promise.all(Array.from({ length: 50 }, () => server.peer()))
    const before = process.memoryUsage().arrayBuffers
    for (const peer of peers) peer.write(Buffer.from('82ff000000000010000000000000ff', 'hex'))
    expect(await server.serves()).toBe(true)
    // 50 reads into a buffer of its own each would be 3 MiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * 1024)
    expect(server.lines).toEqual([])
  })
})
