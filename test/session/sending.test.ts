import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { SocketView } from '../../src/websocket/socket-view.ts'
import { FakeSocket } from '../lens/fake-peers.ts'
import { hex } from '../support/hex.ts'
import { rawRig, sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'

const KIB = 1024

/** A frame of so many bytes that can be told from others. */
function block(size: number, fill: number): Frame {
  return new Frame.Binary(new Uint8Array(size).fill(fill))
}

describe('send', () => {
  it('need not wait up to 64 KiB; above, it resolves when the peer has read', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    expect(await stateOf(session.send(block(60 * KIB, 1)))).toBe('resolved')
    const over = session.send(block(5 * KIB, 2))
    const behind = session.send(block(1, 3))
    expect([await stateOf(over), await stateOf(behind)]).toEqual(['pending', 'pending'])
    peer.read()
    expect([await stateOf(over), await stateOf(behind)]).toEqual(['resolved', 'resolved'])
    expect(peer.frames().map(({ payload }) => payload[0])).toEqual([1, 2, 3])
  })

  it('waits above the high-water mark of the socket, whatever that is', async () => {
    const high = sessionRig({}, { highWaterMark: 200 * KIB })
    high.peer.stall()
    for (let i = 0; i < 3; i++) {
      expect(await stateOf(high.session.send(block(64 * KIB, i)))).toBe('resolved')
    }
    expect(await stateOf(high.session.send(block(64 * KIB, 3)))).toBe('pending')
    const low = sessionRig({}, { highWaterMark: 10 })
    low.peer.stall()
    expect(await stateOf(low.session.send(block(20, 0)))).toBe('pending')
  })

  it('keeps the order of those who do not wait', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    for (let i = 0; i < 40; i++) void session.send(block(4 * KIB, i))
    await settled()
    peer.read()
    await session.flush()
    expect(peer.frames().map(({ payload }) => payload[0])).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    )
  })

  it('sends a large frame alone, so that no limit counts it and what was sent before', async () => {
    const { session, peer } = sessionRig({}, { maxBufferedAmount: 100 * KIB })
    peer.stall()
    void session.send('small')
    const large = session.send(block(200 * KIB, 1))
    void session.send('last')
    expect(await stateOf(large)).toBe('pending')
    peer.read()
    await settled()
    expect(peer.frames().map(({ payload }) => payload.length)).toEqual([5, 200 * KIB, 4])
    expect(session.closeRecord).toBeUndefined()
  })

  it('sends a large frame alone from the queue as well', async () => {
    const { session, peer } = sessionRig({}, { maxBufferedAmount: 100 * KIB })
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('small')
    const large = session.send(block(200 * KIB, 1))
    void session.send('last')
    peer.read()
    peer.stall()
    expect(await stateOf(large)).toBe('pending')
    peer.read()
    await settled()
    expect(peer.frames().map(({ payload }) => payload.length)).toEqual([70 * KIB, 5, 200 * KIB, 4])
    expect(session.closeRecord).toBeUndefined()
  })

  it('goes on with the queue only up to the mark, each time that the peer has read', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    const sends = [1, 2, 3, 4, 5].map((fill) => session.send(block(60 * KIB, fill)))
    peer.read()
    peer.stall()
    expect(await Promise.all(sends.map(stateOf))).toEqual([
      'resolved',
      'resolved',
      'resolved',
      'resolved',
      'pending',
    ])
    peer.read()
    await Promise.all(sends)
    expect(peer.frames().map(({ payload }) => payload[0])).toEqual([1, 2, 3, 4, 5])
  })

  it('lets Ping and Pong pass what waits, each in its turn', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send(block(1, 2))
    for (const text of ['1', '2']) {
      void session.send(new Frame.Ping(new TextEncoder().encode(text)))
      void session.send(new Frame.Pong(new TextEncoder().encode(text)))
    }
    await settled()
    peer.read()
    await settled()
    expect(
      peer.frames().map(({ opcode, payload }) => `${opcode} ${hex(payload).slice(0, 2)}`),
    ).toEqual(['2 01', '9 31', '10 31', '9 32', '10 32', '2 02'])
  })

  it('lets no Close pass a Ping that waits', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    const ping = session.send(new Frame.Ping())
    void session.close()
    peer.read()
    await ping
    await settled()
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 9, 8])
  })

  it('rejects when the sending itself is too much for the socket, which closes', async () => {
    const { session, peer } = sessionRig({}, { maxBufferedAmount: 100 * KIB })
    peer.stall()
    await session.send(block(60 * KIB, 1))
    await expect(session.send(block(60 * KIB, 2))).rejects.toThrow('the peer reads too slowly')
    expect(session.closeRecord?.reason.code).toBe(1013)
  })

  it('does not take a Ping behind a large frame for too much', async () => {
    const { session, peer } = sessionRig({}, { maxBufferedAmount: 100 * KIB })
    peer.stall()
    void session.send(block(200 * KIB, 1))
    const ping = session.send(new Frame.Ping())
    expect(await stateOf(ping)).toBe('pending')
    peer.read()
    await ping
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 9])
  })

  it('rejects what waits when the connection ends, and that harms nobody', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    const waiting = [session.send('a'), session.send(new Frame.Ping())]
    void session.send('b')
    peer.send('88 82 00000000 03e8')
    for (const each of waiting) {
      await expect(each).rejects.toMatchObject({
        name: 'WebSocketClosedException',
        reason: new CloseReason(1000),
      })
    }
  })

  it('rejects what waits when somebody else has closed the socket: it cannot follow a Close', async () => {
    const { socket, session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    const waiting = session.send('a')
    socket.close(new CloseReason(1001))
    peer.read()
    expect(await stateOf(waiting)).toBe('rejected: WebSocketClosedException')
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 8])
  })

  it('rejects a frame that turns out wrong when its turn comes, and goes on with the next', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    const wrong = session.send(new Frame.Text(Uint8Array.of(0xff)))
    const right = session.send('a')
    peer.read()
    expect([await stateOf(wrong), await stateOf(right)]).toEqual([
      'rejected: TypeError',
      'resolved',
    ])
  })

  it('rejects what is no frame at once, and goes on with the next', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    for (const [wrong, kind] of [
      [new Blob(), 'object'],
      ['a', 'string'],
      [undefined, 'undefined'],
    ]) {
      const message = `send takes text, bytes or a Frame, outgoing a Frame, not ${kind}`
      await expect(session.outgoing.send(wrong as never)).rejects.toThrow(new TypeError(message))
      expect(() => session.outgoing.trySend(wrong as never)).toThrow(new TypeError(message))
    }
    const right = session.send('a')
    peer.read()
    expect(await stateOf(right)).toBe('resolved')
  })
})

describe('trySend', () => {
  it('sends nothing once the session is closing, no second Close either', () => {
    const { session, peer } = sessionRig()
    void session.close()
    const { outgoing } = session
    const frames = [new Frame.Text('a'), new Frame.Ping(), new Frame.Close(new CloseReason(4000))]
    expect(frames.map((frame) => outgoing.trySend(frame))).toEqual([false, false, false])
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([8])
  })

  it('says so when it was too much for the socket, which closes', () => {
    const { session, peer } = sessionRig({}, { maxBufferedAmount: 100 * KIB })
    peer.stall()
    expect(session.outgoing.trySend(block(60 * KIB, 1))).toBe(true)
    expect(session.outgoing.trySend(block(60 * KIB, 2))).toBe(false)
    expect(session.closeRecord?.reason.code).toBe(1013)
  })

  it('sends no Close while a single frame waits', () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('a')
    expect(session.outgoing.trySend(new Frame.Close())).toBe(false)
    expect(session.outgoing.isClosedForSend).toBe(false)
  })

  it('sends only what need not wait', async () => {
    const { session, peer } = sessionRig()
    const { outgoing } = session
    peer.stall()
    expect(outgoing.trySend(block(60 * KIB, 1))).toBe(true)
    expect(outgoing.trySend(block(5 * KIB, 2))).toBe(true)
    expect(outgoing.trySend(block(1, 3))).toBe(false)
    expect(outgoing.trySend(new Frame.Ping())).toBe(false)
    void outgoing.send(block(1, 4))
    void outgoing.send(new Frame.Ping())
    expect(outgoing.trySend(new Frame.Close())).toBe(false)
    peer.read()
    await settled()
    expect(outgoing.trySend(block(1, 5))).toBe(true)
    expect(outgoing.trySend(new Frame.Close())).toBe(true)
    expect(peer.frames().map(({ opcode, payload }) => `${opcode} ${payload[0]}`)).toEqual([
      '2 1',
      '2 2',
      '9 undefined',
      '2 4',
      '2 5',
      '8 3',
    ])
  })
})

describe('flush', () => {
  it('resolves when all that was sent before has been handed over', async () => {
    const { session, peer } = sessionRig()
    await session.flush()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('a')
    const flushed = session.flush()
    expect(await stateOf(flushed)).toBe('pending')
    peer.read()
    expect(await stateOf(flushed)).toBe('resolved')
  })

  it('does not resolve while a part still waits', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    for (let i = 0; i < 5; i++) void session.send(block(60 * KIB, i))
    const flushed = session.flush()
    for (let i = 0; i < 2; i++) {
      peer.read()
      peer.stall()
      expect(await stateOf(flushed)).toBe('pending')
    }
    peer.read()
    expect(await stateOf(flushed)).toBe('resolved')
    expect(peer.frames()).toHaveLength(5)
  })

  it('may wait several times over, also beside a close', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('a')
    const flushed = [session.flush(), session.flush()]
    void session.close()
    peer.read()
    await Promise.all(flushed)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 1, 8])
  })

  it('never waits behind the end', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('a')
    const flushed = session.flush()
    session.terminate()
    await flushed
    await session.flush()
  })
})

describe('the policies for what waits to be sent', () => {
  it.each([
    ['frames', { capacity: 2 }, [1, 1, 1]],
    ['bytes', { bytes: 10 }, [6, 4, 1]],
  ] as const)('close the session at too many %s', async (_, bounds, sizes) => {
    const { session, peer, clock } = sessionRig({
      channels: { outgoing: { ...bounds, onOverflow: 'close' } },
    })
    const loop = stateOf(session.incoming.receive())
    peer.stall()
    void session.send(block(70 * KIB, 0))
    const [first, second, third] = sizes.map((size, i) => session.send(block(size, i)))
    expect(await stateOf(third!)).toBe('rejected: ChannelOverflowException')
    expect(await stateOf(first!)).toBe('rejected: ChannelOverflowException')
    expect(await stateOf(second!)).toBe('rejected: ChannelOverflowException')
    expect(await loop).toBe('rejected: ChannelOverflowException')
    clock.advance(10_000)
    expect(await session.closed).toMatchObject({
      reason: { code: 1013 },
      initiator: 'local',
      clean: false,
      cause: { name: 'ChannelOverflowException', code: 'ERR_WEBSOCKET_CHANNEL_OVERFLOW' },
    })
  })

  it('do not count what does not wait, nor one frame that is alone too big', async () => {
    const { session, peer } = sessionRig({
      channels: { outgoing: { bytes: 10, onOverflow: 'close' } },
    })
    for (let i = 0; i < 100; i++) await session.send(block(KIB, i))
    peer.stall()
    void session.send(block(70 * KIB, 0))
    expect(await stateOf(session.send(block(20, 1)))).toBe('pending')
  })

  it('count frames, not who waits for a flush, and those no longer that have gone', async () => {
    const { session, peer } = sessionRig({
      channels: { outgoing: { capacity: 2, bytes: 100, onOverflow: 'close' } },
    })
    for (let i = 0; i < 3; i++) {
      peer.stall()
      void session.send(block(70 * KIB, 0))
      void session.send(block(90, 1))
      const flushed = [session.flush(), session.flush(), session.flush()]
      void session.send(new Frame.Ping())
      peer.read()
      await Promise.all(flushed)
    }
    expect(session.closeRecord).toBeUndefined()
    expect(peer.frames()).toHaveLength(9)
  })

  it('suspend without a bound by default', async () => {
    const { session, peer } = sessionRig({ channels: { outgoing: { capacity: 1, bytes: 1 } } })
    peer.stall()
    void session.send(block(65 * KIB, 0))
    for (let i = 1; i < 1000; i++) void session.send(block(1, i))
    await settled()
    peer.read()
    await session.flush()
    expect(peer.frames()).toHaveLength(1000)
  })
})

describe('a raw session', () => {
  it('sends a Close behind what waits, as it is', async () => {
    const { session, peer } = rawRig()
    peer.stall()
    void session.send(block(70 * KIB, 1))
    void session.send('a')
    void session.send(new Frame.Close(Uint8Array.of(0x03, 0xed)))
    expect(await stateOf(session.send('b'))).toBe('rejected: WebSocketClosedException')
    peer.read()
    await settled()
    const frames = peer.frames()
    expect(frames.map(({ opcode }) => opcode)).toEqual([2, 1, 8])
    expect(hex(frames[2]!.payload)).toBe('03ed')
  })
})

it('a session over a socket that is still connecting sends what the socket keeps until then', async () => {
  class Opening extends SocketView {
    override get state(): 'connecting' {
      return 'connecting'
    }
  }
  const socket = new FakeSocket()
  await new DefaultWebSocketSessionImpl(new Opening(socket)).send('early')
  expect(socket.sent.map((message) => message.text())).toEqual(['early'])
})

it.each([new Frame.Text('news'), new Frame.Binary(Uint8Array.of(7))])(
  'a frame that goes to many is one message, whose encoded form they share: $type',
  async (frame) => {
    const sockets = [new FakeSocket(), new FakeSocket(), new FakeSocket()]
    for (const socket of sockets) await new DefaultWebSocketSessionImpl(socket).send(frame)
    const [first, ...others] = sockets.map(({ sent }) => sent[0])
    expect(first?.mode).toBe(frame.type)
    for (const other of others) expect(other).toBe(first)
  },
)
