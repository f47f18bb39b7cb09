import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { webSocketRaw } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { DefaultWebSocketSessionImpl } from '../../../src/session/default-session.ts'
import { rawWebSocketOver } from '../../../src/session/low-level/raw-over-streams.ts'
import { type OverOptions, websocketOver } from '../../../src/session/low-level/websocket-over.ts'
import { run } from '../../../src/session/run.ts'
import type { RawWebSocketSession } from '../../../src/session/session.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../../src/testing/offline/test-ws-client.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import { FedStream, KeptStream, turn } from '../../support/byte-streams.ts'
import { bytes, hex } from '../../support/hex.ts'
import { arrived, looped, rawRig, sessionRig, stateOf } from '../../support/session-rig.ts'
import { settled, type WirePeer } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

interface OverRig {
  readonly session: DefaultWebSocketSessionImpl
  readonly raw: RawWebSocketSession
  /** The socket of the raw session. */
  readonly below: FrameSocket
  readonly peer: WirePeer
  readonly clock: VirtualClock
}

/** A default session over a raw one, with the far end of that. */
function overRig(options: OverOptions = {}, raw: Parameters<typeof rawRig> = []): OverRig {
  const one = rawRig(...raw)
  const socket = websocketOver(one.session, { clock: one.clock, ...options })
  const session = new DefaultWebSocketSessionImpl(socket, { clock: one.clock })
  return { session, raw: one.session, below: one.socket, peer: one.peer, clock: one.clock }
}

describe('a default session over a raw one', () => {
  it('has whole messages, and has control frames handled', async () => {
    const { session, peer } = overRig()
    peer.send('01 81 00000000 61  89 81 00000000 70  80 81 00000000 62  82 81 00000000 01')
    await settled()
    expect(arrived(session.incoming)).toEqual(['text ab', 'binary 01'])
    expect(peer.received()).toBe(hex('8a 01 70'))
  })

  it('sends messages, fragments and large ones', async () => {
    const { session, peer } = overRig()
    await session.send('é')
    await session.send(new Frame.Text(bytes('61'), false))
    await session.send(new Frame.Text(bytes('62'), true))
    await session.send(new Uint8Array(100_000).fill(7))
    const frames = peer.frames()
    expect(frames.map(({ fin, opcode, payload }) => [fin, opcode, payload.length])).toEqual([
      [true, 1, 2],
      [false, 1, 1],
      [true, 0, 1],
      [true, 2, 100_000],
    ])
    expect(frames[3]!.payload.every((octet) => octet === 7)).toBe(true)
  })

  it('sends frames with the reserved bits that they are given', async () => {
    const { session, peer } = overRig()
    await session.send(new Frame.Binary(bytes('01'), true, true, true, true))
    expect(peer.received()).toBe(hex('f2 01 01'))
  })

  it('sends as many empty fragments as it is given', async () => {
    const { session, peer } = overRig()
    for (let i = 0; i < 16_385; i++) void session.send(new Frame.Text(bytes(''), false))
    expect(peer.received()).toHaveLength(4 * 16_385)
  })

  it('closes by its handshake, whoever begins', async () => {
    const local = overRig()
    const closed = local.session.close(new CloseReason(4000))
    expect(local.peer.received()).toBe(hex('88 02 0fa0'))
    local.peer.send('88 82 00000000 0fa0')
    expect(await closed).toMatchObject({ initiator: 'local', clean: true, reason: { code: 4000 } })
    expect(await local.raw.closed).toMatchObject({ initiator: 'local', clean: true })

    const remote = overRig()
    remote.peer.send('81 81 00000000 61  88 82 00000000 0fa1')
    expect(await looped(remote.session.incoming)).toEqual(['text a'])
    expect(remote.peer.received()).toBe(hex('88 02 0fa1'))
    expect(await remote.session.closed).toMatchObject({ initiator: 'remote', clean: true })
    expect(await remote.raw.closed).toMatchObject({ initiator: 'remote', clean: true })
    expect(remote.peer.ended).toBe(true)
  })

  it('ends when the transport does', async () => {
    const { session, peer } = overRig()
    const loop = looped(session.incoming)
    peer.end()
    expect(await loop).toEqual([])
    expect(await session.closed).toMatchObject({
      reason: { code: 1006 },
      initiator: 'transport',
      clean: false,
    })
  })

  it('ends the raw session when it is terminated', async () => {
    const { session, raw, peer } = overRig()
    session.terminate()
    expect((await raw.closed).reason.code).toBe(1006)
    expect(peer.ended).toBe(true)
  })

  it('hears no more of the raw session once it is terminated', async () => {
    const { session, peer } = overRig()
    peer.send('81 81 00000000 61')
    session.terminate()
    await settled()
    expect(arrived(session.incoming)).toEqual([])
  })

  it('is lost if it is terminated before it has read the Close of the peer', async () => {
    const { session, peer } = overRig()
    peer.send('81 81 00000000 61  88 82 00000000 0fa0')
    session.terminate()
    expect(await session.closed).toMatchObject({ reason: { code: 1006 }, remote: undefined })
  })

  it.each([
    ['a limit', '82 ff 0000000001000000 00000000', 1009, 'FrameTooBigException'],
    ['the protocol', '83 80 00000000', 1002, 'WebSocketProtocolException'],
  ])('fails with what the raw session has against the peer: %s', async (_, sent, code, name) => {
    const { session, peer } = overRig()
    peer.send('81 81 00000000 61')
    peer.send(sent)
    expect(await looped(session.incoming)).toEqual(['text a', name])
    expect(await session.closed).toMatchObject({
      reason: { code },
      local: { code },
      initiator: 'local',
      clean: false,
      cause: { name },
    })
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([8])
  })

  it('lets a slow peer know why the raw session failed it', async () => {
    const clock = new VirtualClock()
    const [input, output] = [new FedStream(), new KeptStream()]
    const streams = { readable: input.readable, writable: output.writable }
    const raw = rawWebSocketOver(streams, { role: 'server', clock })
    const session = new DefaultWebSocketSessionImpl(websocketOver(raw, { clock }), { clock })
    output.hold()
    void session.send('a')
    await turn()
    input.feed(bytes('83 80 00000000'))
    expect((await session.closed).local?.code).toBe(1002)
    await turn()
    output.release()
    await turn()
    expect(output.taken()).toMatch(/^8101618{2}..03ea/)
  })

  it('sends on once the only frame that waited has gone', async () => {
    const { session, peer } = overRig()
    peer.stall()
    await session.send(new Uint8Array(100_000))
    const waiting = session.send(new Uint8Array(100_000))
    expect(await stateOf(waiting)).toBe('pending')
    peer.read()
    await waiting
    expect(peer.frames()).toHaveLength(2)
  })

  it('fails for what only whole messages can break', async () => {
    const { session, peer } = overRig()
    peer.send('81 81 00000000 ff')
    expect(await looped(session.incoming)).toEqual(['WebSocketProtocolException'])
    expect(peer.received().slice(4, 8)).toBe('03ef')
    const large = overRig({ maxMessageSize: 2 })
    large.peer.send('02 82 00000000 0102  80 81 00000000 03')
    expect(await looped(large.session.incoming)).toEqual(['FrameTooBigException'])
    expect(large.peer.received().slice(4, 8)).toBe('03f1')
  })

  it('has the limit of the raw session, in both directions', async () => {
    const { session, raw } = overRig()
    expect([session.maxFrameSize, raw.maxFrameSize]).toEqual([1_048_576, 1_048_576])
    session.maxFrameSize = 10
    expect([session.maxFrameSize, raw.maxFrameSize]).toEqual([10, 10])
    const smaller = overRig({ maxFrameSize: 5 })
    expect(smaller.raw.maxFrameSize).toBe(5)
    const client = overRig({}, [{}, { role: 'client' }])
    expect(client.session.maxFrameSize).toBe(64 * 1024 * 1024)
  })

  it('pings, and gives a silent peer up', async () => {
    const { session, peer, clock } = overRig({ pingInterval: 1000, pongTimeout: 500 })
    clock.advance(1000)
    const [ping] = peer.frames()
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}`)
    await settled()
    clock.advance(1000)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9])
    clock.advance(500)
    expect(await session.closed).toMatchObject({ cause: { name: 'PingTimeoutException' } })
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([8])
  })

  it('stops a sender that is too fast for its reader', async () => {
    const { session, peer } = overRig()
    const chunk = encodeWire({ opcode: 2, payload: new Uint8Array(65_536), key: new Uint8Array(4) })
    let sent = 0
    while (peer.waiting === 0 && sent < 200) {
      peer.send(chunk)
      sent++
      await settled()
    }
    expect(sent).toBeLessThan(100)
    let received = 0
    while (received < sent) {
      await session.incoming.receive()
      received++
    }
    expect(peer.waiting).toBe(0)
  })

  it('waits for a peer that does not read', async () => {
    const { session, peer } = overRig()
    peer.stall()
    let sent = 0
    let waiting: Promise<void> = Promise.resolve()
    while (sent < 100) {
      waiting = session.send(new Uint8Array(10_000))
      sent++
      if ((await stateOf(waiting)) === 'pending') break
    }
    expect(sent).toBeLessThan(50)
    expect(await stateOf(session.flush())).toBe('pending')
    peer.read()
    await waiting
    await session.flush()
    expect(peer.frames()).toHaveLength(sent)
  })

  it.each([
    ['88 82 00000000 0fa0', 'close 4000'],
    ['88 80 00000000', 'close'],
  ])('gets a copy of the answer to its own Close: %s', async (answer, copy) => {
    const { session: raw, peer, clock } = rawRig()
    const socket = websocketOver(raw, { clock })
    const session = new DefaultWebSocketSessionImpl(socket, { clock, controlFrames: true })
    const all = looped(session.incoming)
    const closed = session.close(new CloseReason(4000))
    peer.send(`81 81 00000000 61 ${answer}`)
    expect(await closed).toMatchObject({ initiator: 'local', clean: true })
    expect(await all).toEqual(['text a', copy])
  })

  it('is told of the Close frame that went out, not of its own that came too late', async () => {
    const { session, below, peer } = overRig()
    peer.stall()
    while ((await stateOf(session.send(new Uint8Array(100_000)))) !== 'pending');
    const closed = session.close(new CloseReason(4000))
    // As a server does whose consumer fails.
    below.close(new CloseReason(1011))
    peer.read()
    peer.send('88 82 00000000 03f3')
    expect(await closed).toMatchObject({
      reason: { code: 1011 },
      local: { code: 1011 },
      remote: { code: 1011 },
      initiator: 'local',
      clean: true,
    })
  })

  it('is told of the Close frame that went out, not of its own failure after it', async () => {
    const { session, below, peer, clock } = overRig({ pingInterval: 1000, pongTimeout: 500 })
    clock.advance(1000)
    below.close(new CloseReason(1011, 'Internal error'))
    clock.advance(500)
    expect(await stateOf(session.closed)).toBe('pending')
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9, 8])
    peer.send('88 82 00000000 03f3')
    expect(await session.closed).toMatchObject({
      reason: { code: 1011, message: 'Internal error' },
      local: { code: 1011, message: 'Internal error' },
      initiator: 'local',
      clean: true,
    })
  })

  it('is told of its own failure if the raw session was only lost', async () => {
    const { session, peer } = overRig()
    peer.send('81 81 00000000 61  81 81 00000000 ff')
    peer.end()
    expect(await looped(session.incoming)).toEqual(['text a', 'WebSocketProtocolException'])
    expect(await session.closed).toMatchObject({
      reason: { code: 1007 },
      clean: false,
      cause: { name: 'WebSocketProtocolException' },
    })
  })

  it('is a session for run, and knows the call of the raw one', async () => {
    const app = websockets(
      webSocketRaw('/rooms/:room', { protocol: 'raw.v1' }, async (raw) => {
        const socket = websocketOver(raw)
        await run(new DefaultWebSocketSessionImpl(socket), async (session) => {
          const frame = await session.incoming.receive()
          await session.send(frame)
          await session.send(`${socket.protocol} ${socket.upgradeRequest.path}`)
        })
      }),
    )
    const client = testWsClient(app, '/rooms/7', { protocols: 'raw.v1' })
    client.send('a')
    const all: string[] = []
    for await (const message of client.received()) all.push(message.text())
    expect(all).toEqual(['a', 'raw.v1 /rooms/7'])
  })

  it('has no subprotocol, and the request of nobody, where the raw session has no call', () => {
    const socket = websocketOver(rawRig().session)
    expect(socket.protocol).toBe('')
    expect(socket.upgradeRequest.url).toBe('http://localhost/')
  })

  it('leaves a raw session as it was if its options are refused', () => {
    const { session } = rawRig()
    const { maxFrameSize } = session
    expect(() => websocketOver(session, { maxFrameSize: 5, closeTimeout: -1 })).toThrow(RangeError)
    expect(session.maxFrameSize).toBe(maxFrameSize)
  })

  it('is for raw sessions only', () => {
    const { session } = sessionRig()
    expect(() => websocketOver(session as object as RawWebSocketSession)).toThrow(
      'websocketOver() takes a raw session, this one has whole messages already',
    )
  })
})
