import { describe, expect, it } from 'vitest'
import { rateLimit } from '../../src/filters/rate-limit.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { applyFilter } from '../../src/routing/apply-filter.ts'
import type { ChannelsConfig } from '../../src/session/channel/channel.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import type { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { FakeSocket } from '../lens/fake-peers.ts'
import { hex } from '../support/hex.ts'
import { arrived, looped, rawRig, sessionRig, stateOf } from '../support/session-rig.ts'
import { rig, settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

const KEY = new Uint8Array(4)
const KIB = 1024

function message(size: number): Uint8Array {
  return encodeWire({ opcode: 2, payload: new Uint8Array(size), key: KEY })
}

function suspending(capacity: number, bytes = 1_048_576): { readonly channels: ChannelsConfig } {
  return { channels: { incoming: { capacity, bytes } } }
}

function closing(capacity: number, bytes = 1_048_576): { readonly channels: ChannelsConfig } {
  return { channels: { incoming: { capacity, bytes, onOverflow: 'close' } } }
}

describe('a reader that is too slow', () => {
  it('reads no more while somebody else has paused the socket', () => {
    const { socket, peer } = rig()
    const session = new DefaultWebSocketSessionImpl(socket)
    peer.send(message(1))
    socket.link.pause()
    session.incoming.tryReceive()
    peer.send(message(1))
    expect(session.incoming.tryReceive()).toBeUndefined()
  })

  it('stops the sender past twice the bounds, and lets it go on within them', () => {
    const { session, peer } = sessionRig(suspending(4))
    for (let i = 0; i < 9; i++) peer.send(message(1))
    expect(peer.waiting).toBe(0)
    peer.send(message(1))
    expect(peer.waiting).toBe(7)
    for (let i = 0; i < 4; i++) session.incoming.tryReceive()
    expect(peer.waiting).toBe(7)
    session.incoming.tryReceive()
    expect(peer.waiting).toBe(0)
    expect(arrived(session.incoming)).toHaveLength(5)
    for (let i = 0; i < 10; i++) peer.send(message(1))
    expect(peer.waiting).toBe(7)
  })

  it('is measured in bytes, too', () => {
    const { session, peer } = sessionRig(suspending(1000, 10 * KIB))
    for (let i = 0; i < 5; i++) peer.send(message(5 * KIB))
    expect(peer.waiting).toBe(0)
    peer.send(message(KIB))
    expect(peer.waiting).toBeGreaterThan(KIB)
    for (let i = 0; i < 2; i++) session.incoming.tryReceive()
    expect(peer.waiting).toBeGreaterThan(KIB)
    session.incoming.tryReceive()
    expect(peer.waiting).toBe(0)
  })

  it('of one message that is alone too big is none once it was taken', async () => {
    const { session, peer } = sessionRig(suspending(4, KIB))
    const first = session.incoming.receive()
    peer.send(message(100 * KIB))
    await first
    peer.send(message(100 * KIB))
    peer.send(message(1))
    expect(peer.waiting).toBe(7)
    session.incoming.tryReceive()
    expect(peer.waiting).toBe(0)
  })

  it('does not keep control frames from being handled before that', () => {
    const { session, peer } = sessionRig(suspending(4))
    for (let i = 0; i < 8; i++) peer.send(message(1))
    peer.send('89 81 00000000 70')
    expect(peer.received()).toBe(hex('8a 01 70'))
    peer.send('88 82 00000000 03e8')
    expect(peer.received()).toBe(hex('88 02 03e8'))
    expect(session.closeRecord?.clean).toBe(true)
    expect(arrived(session.incoming)).toHaveLength(8)
  })

  it('holds control frames up past it: the ping timer waits until reading goes on', () => {
    const { session, peer, clock } = sessionRig({
      ...suspending(1),
      pingInterval: 1000,
      pongTimeout: 1000,
    })
    for (let i = 0; i < 3; i++) peer.send(message(1))
    clock.advance(1000)
    const [ping] = peer.frames()
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}`)
    clock.advance(5000)
    expect(session.closeRecord).toBeUndefined()
    arrived(session.incoming)
    clock.advance(500)
    expect(session.closeRecord).toBeUndefined()
  })

  it('loses nothing', async () => {
    const { session, peer } = sessionRig(suspending(1))
    for (let i = 0; i < 100; i++) {
      peer.send(encodeWire({ opcode: 1, payload: String(i), key: KEY }))
    }
    peer.send('88 82 00000000 03e8')
    expect(await looped(session.incoming)).toEqual(
      Array.from({ length: 100 }, (_, i) => `text ${i}`),
    )
  })

  it('who cancels its channel holds nobody up any more', () => {
    const { session, peer } = sessionRig(suspending(1))
    for (let i = 0; i < 10; i++) peer.send(message(1))
    expect(peer.waiting).toBeGreaterThan(0)
    session.incoming.cancel()
    for (let i = 0; i < 10; i++) peer.send(message(1))
    expect(peer.waiting).toBe(0)
    peer.send('89 81 00000000 70')
    expect(peer.received()).toBe(hex('8a 01 70'))
    const large = sessionRig(suspending(1, 10))
    large.session.incoming.cancel()
    for (let i = 0; i < 10; i++) large.peer.send(message(100))
    expect(large.peer.waiting).toBe(0)
  })
})

describe('a close while nobody reads', () => {
  it('gets its answer, though the sender had been stopped: what comes past the bounds is dropped', async () => {
    const { session, peer } = sessionRig(suspending(1))
    for (let i = 0; i < 10; i++) peer.send(message(1))
    const closed = session.close()
    peer.send('88 82 00000000 03e8')
    expect(await closed).toMatchObject({ clean: true })
    expect(await looped(session.incoming)).toEqual(['binary 00', 'binary 00', 'binary 00'])
    await expect(session.incoming.receive()).rejects.toThrow('the session is closing')
  })

  it('lets the sender go on at once, also when it waits itself behind what was sent', async () => {
    const { session, peer } = sessionRig(suspending(1))
    peer.stall()
    void session.send(new Uint8Array(70_000))
    void session.send('a')
    for (let i = 0; i < 10; i++) peer.send(message(1))
    expect(peer.waiting).toBeGreaterThan(0)
    const closed = session.close()
    expect(peer.waiting).toBe(0)
    peer.read()
    await settled()
    peer.send('88 82 00000000 03e8')
    expect(await closed).toMatchObject({ clean: true })
  })

  it('gets its answer, however much comes before it', async () => {
    const { session, peer } = sessionRig(suspending(1))
    const closed = session.close()
    for (let i = 0; i < 10; i++) peer.send(message(1))
    peer.send('88 82 00000000 03e8')
    expect(await closed).toMatchObject({ clean: true })
    expect(await looped(session.incoming)).toEqual(['binary 00', 'binary 00', 'binary 00'])
  })

  it.each([
    ['suspend', 3, ['binary 00', 'binary 00', 'binary 00', 'ping']],
    ['close', 1, ['binary 00']],
  ] as const)(
    'is bounded by the policy %s when somebody else closes, and that is no overflow',
    async (onOverflow, messages, taken) => {
      const { socket, session, peer } = sessionRig({
        channels: { incoming: { capacity: 1, onOverflow } },
        controlFrames: true,
      })
      for (let i = 0; i < messages; i++) peer.send(message(1))
      socket.close(new CloseReason(1001))
      for (let i = 0; i < 100; i++) peer.send('89 80 00000000')
      peer.send('88 82 00000000 03e9')
      expect(await session.closed).toMatchObject({ clean: true, cause: undefined })
      expect(await looped(session.incoming)).toEqual(taken)
    },
  )
})

describe.each([
  ['suspend', suspending(1)],
  ['close', closing(1)],
])('what a filter still delays when the peer closes, with the policy %s', (_, options) => {
  const limited = (clock: VirtualClock): WsFilter =>
    rateLimit({ messages: { perSecond: 1, burst: 1 }, onLimit: 'delay', clock })
  const six = Array.from({ length: 6 }, () => 'binary 00')

  it('is received, however much it is, and then the copy of the Close', async () => {
    const { socket, peer, clock } = rig()
    const filtered = limited(clock)(async (view) => {
      const session = new DefaultWebSocketSessionImpl(view, { ...options, controlFrames: true })
      await settled()
      return [await looped(session.incoming), session.closeRecord]
    })(socket)
    for (let i = 0; i < 6; i++) peer.send(message(1))
    peer.send('88 82 00000000 03e8')
    expect(await filtered).toMatchObject([
      [...six, 'close 1000'],
      { clean: true, cause: undefined },
    ])
  })

  it('is received by a raw session, however much it is, and then the Close', async () => {
    const { socket, peer, clock } = rig({ mode: 'frames' })
    const filtered = applyFilter<FrameSocket>(limited(clock), async (view) => {
      const session = new RawWebSocket(view, options)
      await settled()
      return [await looped(session.incoming), await session.close()]
    })(socket)
    for (let i = 0; i < 6; i++) peer.send(message(1))
    peer.send('88 82 00000000 03e8')
    clock.advance(10_000)
    expect(await filtered).toMatchObject([
      [...six, 'close 1000'],
      { clean: true, cause: undefined },
    ])
  })
})

describe('the policy to close', () => {
  it('closes with 1013 and a ChannelOverflowException, each time and behind what fits', async () => {
    for (let i = 0; i < 20; i++) {
      const { session, peer } = sessionRig(closing(2))
      const sending = stateOf(session.send('a'))
      peer.send(encodeWire({ opcode: 1, payload: '1', key: KEY }))
      peer.send(encodeWire({ opcode: 1, payload: '2', key: KEY }))
      peer.send(encodeWire({ opcode: 1, payload: '3', key: KEY }))
      peer.send('88 82 00000000 03f5')
      expect(await sending).toBe('resolved')
      expect(peer.frames().map(({ opcode, payload }) => `${opcode} ${hex(payload)}`)[1]).toMatch(
        /^8 03f5/,
      )
      expect(await looped(session.incoming)).toEqual([
        'text 1',
        'text 2',
        'ChannelOverflowException',
      ])
      expect(await session.closed).toMatchObject({
        reason: { code: 1013 },
        initiator: 'local',
        cause: {
          name: 'ChannelOverflowException',
          message: 'incoming overflowed: 3 frames with 3 bytes would wait',
        },
      })
      expect(await stateOf(session.send('a'))).toBe('rejected: ChannelOverflowException')
    }
  })

  it('is the cause, whatever goes wrong behind it', async () => {
    const { session, peer } = sessionRig(closing(1))
    for (let i = 0; i < 2; i++) peer.send(message(1))
    peer.send('83 80 00000000')
    expect(await session.closed).toMatchObject({
      clean: false,
      cause: { name: 'ChannelOverflowException' },
    })
  })

  it('counts bytes, but of several frames only', async () => {
    const { session, peer } = sessionRig(closing(10, 10))
    peer.send(message(100))
    expect(session.outgoing.isClosedForSend).toBe(false)
    expect(session.incoming.tryReceive()?.data).toHaveLength(100)
    for (let i = 0; i < 2; i++) peer.send(message(5))
    expect(session.outgoing.isClosedForSend).toBe(false)
    peer.send(message(1))
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  it('takes a Close for what it is, however full the channel', async () => {
    const { session, peer } = sessionRig({ ...closing(2), controlFrames: true })
    peer.send(message(1))
    peer.send(message(1))
    peer.send('88 82 00000000 03e8')
    expect(await looped(session.incoming)).toEqual(['binary 00', 'binary 00', 'close 1000'])
    const raw = rawRig(closing(2))
    raw.peer.send(message(1))
    raw.peer.send(message(1))
    raw.peer.send('88 82 00000000 03e8')
    expect(await looped(raw.session.incoming)).toEqual(['binary 00', 'binary 00', 'close 1000'])
  })

  it('makes no failure of an end that had begun', async () => {
    const { session, peer } = sessionRig(closing(2))
    const closed = session.close(new CloseReason(4000))
    for (let i = 0; i < 5; i++) peer.send(message(1))
    peer.send('88 82 00000000 0fa0')
    expect(await closed).toMatchObject({ reason: { code: 4000 }, clean: true, cause: undefined })
    expect(await looped(session.incoming)).toEqual(['binary 00', 'binary 00'])
    const waiting = sessionRig(closing(2))
    waiting.peer.stall()
    void waiting.session.send(new Uint8Array(70_000))
    void waiting.session.send('a')
    void waiting.session.close()
    for (let i = 0; i < 5; i++) waiting.peer.send(message(1))
    waiting.peer.read()
    await settled()
    waiting.peer.send('88 82 00000000 03e8')
    expect(waiting.session.closeRecord).toMatchObject({ clean: true, cause: undefined })
  })

  it('is what is left where the runtime cannot pause', async () => {
    const socket = new FakeSocket()
    const session = new DefaultWebSocketSessionImpl(socket, suspending(1))
    for (let i = 0; i < 3; i++) socket.receive('a')
    expect(socket.closes).toEqual([CloseReason.TRY_AGAIN_LATER])
    expect(await looped(session.incoming)).toEqual([
      'text a',
      'text a',
      'text a',
      'ChannelOverflowException',
    ])
    socket.ended(CloseReason.TRY_AGAIN_LATER)
    expect(await session.closed).toMatchObject({
      initiator: 'local',
      cause: { name: 'ChannelOverflowException' },
    })
  })

  it('takes a single message of any size, also where the runtime cannot pause', async () => {
    const socket = new FakeSocket()
    const session = new DefaultWebSocketSessionImpl(socket, suspending(10, 2))
    socket.receive('a long one')
    expect(socket.closes).toEqual([])
    socket.receive('b')
    expect(socket.closes).toEqual([CloseReason.TRY_AGAIN_LATER])
    expect(await looped(session.incoming)).toEqual([
      'text a long one',
      'text b',
      'ChannelOverflowException',
    ])
  })
})
