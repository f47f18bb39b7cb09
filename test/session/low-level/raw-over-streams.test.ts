import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { DefaultWebSocketSessionImpl } from '../../../src/session/default-session.ts'
import { rawWebSocketOver } from '../../../src/session/low-level/raw-over-streams.ts'
import { websocketOver } from '../../../src/session/low-level/websocket-over.ts'
import { run } from '../../../src/session/run.ts'
import { FedStream, KeptStream, turn } from '../../support/byte-streams.ts'
import { bytes, hex } from '../../support/hex.ts'
import { arrived, looped, stateOf } from '../../support/session-rig.ts'

function streamRig(role: 'server' | 'client' = 'server', options = {}) {
  const input = new FedStream()
  const output = new KeptStream()
  const streams = { readable: input.readable, writable: output.writable }
  const session = rawWebSocketOver(streams, { ...options, role })
  const feed = async (digits: string): Promise<void> => {
    input.feed(bytes(digits))
    await turn()
  }
  return { input, output, session, feed }
}

/** Two ends of a TCP connection. */
async function tcpPair(): Promise<{ readonly ends: [Socket, Socket]; stop(): void }> {
  const server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
  const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [
    [Socket],
    unknown,
  ]
  return { ends: [near, far], stop: () => server.close() }
}

describe('a raw session over streams', () => {
  it('receives and sends every frame', async () => {
    const { session, output, feed } = streamRig()
    await feed('01 81 00000000 61 89 80 00000000 80 81 00000000 62')
    expect(arrived(session.incoming)).toEqual(['text a...', 'ping', 'text b'])
    void session.send('a')
    void session.send(new Frame.Pong(bytes('70')))
    await session.flush()
    expect(output.taken()).toBe(hex('81 01 61  8a 01 70'))
    expect(output.chunks).toHaveLength(0)
  })

  it('masks as a client, and takes nothing masked', async () => {
    const { session, output, feed } = streamRig('client')
    expect(session.masking).toBe(true)
    expect(session.maxFrameSize).toBe(Number.MAX_SAFE_INTEGER)
    expect(streamRig('server').session.maxFrameSize).toBe(1_048_576)
    void session.send('a')
    await session.flush()
    expect(output.taken().slice(0, 4)).toBe('8181')
    await feed('81 81 00000000 61')
    expect((await session.closed).reason.code).toBe(1002)
  })

  it('closes by its handshake, and then the stream', async () => {
    const { session, input, output, feed } = streamRig()
    const closed = session.close(new CloseReason(4000))
    await turn()
    expect(output.taken()).toBe(hex('88 02 0fa0'))
    await feed('88 82 00000000 0fa0')
    expect(await closed).toMatchObject({ clean: true })
    await turn()
    expect(output.closed).toBe(true)
    input.end()
    await turn()
    expect(output.aborted).toBe(false)
  })

  it('ends when the stream does, or breaks', async () => {
    const ended = streamRig()
    ended.input.end()
    expect(await looped(ended.session.incoming)).toEqual([])
    expect(await ended.session.closed).toMatchObject({
      reason: { code: 1006 },
      cause: { message: 'the peer closed the transport without a close handshake' },
    })
    const broken = streamRig()
    broken.input.fail(new Error('reset'))
    expect(await broken.session.closed).toMatchObject({
      reason: { code: 1006 },
      cause: { message: 'reset' },
    })
    const deaf = streamRig()
    deaf.output.failure = new Error('no room')
    void deaf.session.send('a')
    expect(await deaf.session.closed).toMatchObject({ cause: { message: 'no room' } })
  })

  it('lets go of both directions when it is terminated', async () => {
    const { session, input, output } = streamRig()
    session.terminate()
    await turn()
    expect([input.cancelled, output.aborted]).toEqual([true, true])
  })

  it('waits for a stream that takes nothing, and holds up one that brings too much', async () => {
    const { session, input, output } = streamRig('server', {
      channels: { incoming: { capacity: 1 } },
    })
    output.hold()
    void session.send(new Uint8Array(70_000))
    expect(await stateOf(session.send('a'))).toBe('pending')
    for (let i = 0; i < 10; i++) {
      input.feed(bytes('81 81 00000000 61'))
      await turn()
    }
    expect(input.waiting).toBeGreaterThan(5)
    for (let i = 0; i < 10; i++) await session.incoming.receive()
    expect(input.waiting).toBe(0)
    output.release()
    await session.flush()
  })

  it('has limits', async () => {
    const { session, feed } = streamRig('server', { maxFrameSize: 1 })
    await feed('82 82 00000000')
    expect(await looped(session.incoming)).toEqual(['FrameTooBigException'])
    expect(() => streamRig('server', { maxFrameSize: -1 })).toThrow(RangeError)
  })

  it.each([
    { maxFrameSize: -1 },
    { closeTimeout: -1 },
    { channels: { incoming: { capacity: 0 } } },
    { role: 'peer' as 'client' },
  ])('leaves the streams to others if its options are refused: %o', (options) => {
    const { readable } = new FedStream()
    const { writable } = new KeptStream()
    const open = (): unknown =>
      rawWebSocketOver({ readable, writable }, { role: 'server', ...options })
    expect(open).toThrow(RangeError)
    expect([readable.locked, writable.locked]).toEqual([false, false])
  })

  it('carries default sessions over TCP, by Duplex.toWeb', async () => {
    const { ends, stop } = await tcpPair()
    const [client, server] = ends.map((socket, i) => {
      const raw = rawWebSocketOver(Duplex.toWeb(socket), { role: i === 0 ? 'client' : 'server' })
      return new DefaultWebSocketSessionImpl(websocketOver(raw))
    }) as [DefaultWebSocketSessionImpl, DefaultWebSocketSessionImpl]
    const served = run(server, async (session) => {
      for await (const frame of session.incoming) await session.send(frame)
    })
    const lengths = [0, 1, 125, 126, 65_535, 65_536, 300_000]
    const echoed = (async () => {
      const seen: number[] = []
      for await (const frame of client.incoming) {
        if (seen.push(frame.byteLength) === lengths.length) break
      }
      return seen
    })()
    for (const length of lengths) await client.send(new Uint8Array(length))
    expect(await echoed).toEqual(lengths)
    expect(await client.close(new CloseReason(4000))).toMatchObject({
      remote: { code: 4000 },
      clean: true,
    })
    await served
    await Promise.all(ends.map((socket) => socket.destroyed || once(socket, 'close')))
    stop()
  })
})
