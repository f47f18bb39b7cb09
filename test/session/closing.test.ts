import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { hex } from '../support/hex.ts'
import { lineOf, looped, sessionRig, stateOf } from '../support/session-rig.ts'
import { rig, settled } from '../support/socket-rig.ts'

const TEXT_A = '81 81 00000000 61'
const CLOSE_1000 = '88 82 00000000 03e8'

describe('close', () => {
  it('resolves with the record when the peer has answered; until then its data is delivered', async () => {
    const { session, peer } = sessionRig()
    const closed = session.close(new CloseReason(4000, 'bye'))
    expect(peer.received()).toBe(hex('88 05 0fa0 627965'))
    peer.send(TEXT_A)
    expect(await stateOf(closed)).toBe('pending')
    peer.send('88 85 00000000 0fa1 6f6b21')
    expect(await closed).toEqual({
      reason: new CloseReason(4000, 'bye'),
      local: new CloseReason(4000, 'bye'),
      remote: new CloseReason(4001, 'ok!'),
      initiator: 'local',
      clean: true,
      cause: undefined,
    })
    expect(session.closeRecord).toBe(await session.closed)
    expect(await session.closeReason).toEqual(new CloseReason(4000, 'bye'))
    expect(await looped(session.incoming)).toEqual(['text a'])
  })

  it('says 1000 and nothing else by default; the first reason wins', async () => {
    const { session, peer } = sessionRig()
    const first = session.close()
    const second = session.close(new CloseReason(4000))
    expect(peer.received()).toBe(hex('88 02 03e8'))
    await expect(session.send('a')).rejects.toMatchObject({ reason: { code: 1000 } })
    peer.send(CLOSE_1000)
    expect(await first).toBe(await second)
  })

  it('takes null for no reason, as Ktor does', () => {
    const { session, peer } = sessionRig()
    void session.close(null)
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })

  it('is what a Close frame that is sent does, too', async () => {
    const { session, peer } = sessionRig()
    await session.send(new Frame.Close(new CloseReason(4000, 'bye')))
    expect(peer.received()).toBe(hex('88 05 0fa0 627965'))
    expect(await stateOf(session.send(new Frame.Close()))).toBe(
      'rejected: WebSocketClosedException',
    )
    const empty = sessionRig()
    await empty.session.outgoing.send(new Frame.Close())
    expect(empty.peer.received()).toBe(hex('88 02 03e8'))
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535])('cannot say %d', async (code) => {
    const { session, peer } = sessionRig()
    expect(() => session.close(new CloseReason(code))).toThrow(RangeError)
    const frame = new Frame.Close(new CloseReason(code))
    await expect(session.send(frame)).rejects.toThrow(`close code ${code} cannot be sent`)
    expect(() => session.outgoing.trySend(frame)).toThrow(RangeError)
    expect(peer.received()).toBe('')
    await session.send('still open')
  })

  it('goes behind what waits to be sent', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    void session.send(new Uint8Array(70_000))
    const waiting = session.send('a')
    void session.close()
    expect(await stateOf(session.send('b'))).toBe('rejected: WebSocketClosedException')
    peer.read()
    await waiting
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 1, 8])
  })

  it('gives up what waits after its timeout, and the connection with it', async () => {
    const { session, peer, clock } = sessionRig({ closeTimeout: 3000 })
    peer.stall()
    void session.send(new Uint8Array(70_000))
    const waiting = session.send('a')
    const closed = session.close()
    clock.advance(2999)
    expect(await stateOf(closed)).toBe('pending')
    clock.advance(1)
    expect(await closed).toMatchObject({
      reason: { code: 1000 },
      local: { code: 1000 },
      initiator: 'local',
      clean: false,
      cause: { message: 'what waited to be sent was not taken within 3000 ms' },
    })
    expect(await stateOf(waiting)).toBe('rejected: WebSocketClosedException')
    expect(clock.pending).toBe(0)
  })

  it('gives the peer its own time to answer, however long what waited took', async () => {
    const { session, peer, clock } = sessionRig({ closeTimeout: 3000 })
    peer.stall()
    void session.send(new Uint8Array(70_000))
    void session.send('a')
    const closed = session.close()
    clock.advance(2000)
    peer.read()
    await settled()
    clock.advance(2000)
    peer.send(CLOSE_1000)
    expect(await closed).toMatchObject({ clean: true, cause: undefined })
  })

  it.each([
    ['at once', 'read'],
    ['behind what waits', 'stall'],
  ] as const)('drops the connection when a filter throws %s, and says why', async (_, act) => {
    const { socket, clock, peer } = rig()
    const filtered = decorate(socket, {
      close: () => {
        throw new Error('of a filter')
      },
    })
    const session = new DefaultWebSocketSessionImpl(filtered, { clock })
    peer[act]()
    const sent = session.send(new Uint8Array(70_000))
    void session.send('a')
    const closed = session.close()
    peer.read()
    expect(await stateOf(sent)).toBe('resolved')
    expect(await closed).toMatchObject({ clean: false, cause: { message: 'of a filter' } })
    expect(clock.pending).toBe(0)
  })

  it.each(['incoming', 'outgoing'] as const)(
    'drops the connection when a filter throws at the overflow of %s, too',
    async (channel) => {
      const { socket, clock, peer } = rig()
      const filtered = decorate(socket, {
        close: () => {
          throw new Error('of a filter')
        },
      })
      const channels = { [channel]: { capacity: 1, onOverflow: 'close' } } as const
      const session = new DefaultWebSocketSessionImpl(filtered, { clock, channels })
      peer.stall()
      void session.send(new Uint8Array(70_000))
      for (let i = 0; i < 2; i++) {
        void session.send('a')
        peer.send('81 81 00000000 61')
      }
      expect(session.closeRecord).toMatchObject({ cause: { name: 'ChannelOverflowException' } })
    },
  )

  it('sends no Close frame once the session has ended', async () => {
    const { session, peer } = sessionRig()
    peer.end()
    await session.closed
    expect(session.outgoing.trySend(new Frame.Close())).toBe(false)
    expect(await stateOf(session.send(new Frame.Close()))).toBe(
      'rejected: WebSocketClosedException',
    )
  })

  it('takes any reason once the session has ended, such as the one it ended with', async () => {
    const { session, peer } = sessionRig()
    peer.end()
    const record = await session.closed
    expect(record.reason.code).toBe(1006)
    expect(await session.close(record.reason)).toBe(record)
  })

  it('leaves no timer behind', async () => {
    const { session, peer, clock } = sessionRig()
    peer.stall()
    void session.send(new Uint8Array(70_000))
    void session.send('a')
    const closed = session.close()
    peer.read()
    await settled()
    peer.send(CLOSE_1000)
    await closed
    peer.end()
    expect(clock.pending).toBe(0)
  })

  it('is what disposing does', async () => {
    const { session, peer } = sessionRig()
    const disposed = (async () => {
      await using disposable = session
      expect(disposable).toBe(session)
    })()
    expect(await stateOf(disposed)).toBe('pending')
    expect(peer.received()).toBe(hex('88 02 03e8'))
    peer.send(CLOSE_1000)
    await disposed
  })
})

describe('the peer closes', () => {
  it('with a reason, which is answered and told', async () => {
    const { session, peer } = sessionRig()
    const received = session.incoming.receive()
    peer.send('88 85 00000000 0fa0 627965')
    expect(peer.received()).toBe(hex('88 05 0fa0 627965'))
    expect(await session.closed).toEqual({
      reason: new CloseReason(4000, 'bye'),
      local: new CloseReason(4000, 'bye'),
      remote: new CloseReason(4000, 'bye'),
      initiator: 'remote',
      clean: true,
      cause: undefined,
    })
    await expect(received).rejects.toMatchObject({
      name: 'WebSocketClosedException',
      reason: new CloseReason(4000, 'bye'),
    })
    expect([session.incoming.isClosedForReceive, session.outgoing.isClosedForSend]).toEqual([
      true,
      true,
    ])
  })

  it('without a word: the loop ends silently, receive rejects with 1006', async () => {
    const { session, peer } = sessionRig()
    const loop = looped(session.incoming)
    const received = session.incoming.receive()
    peer.send(TEXT_A)
    peer.send(TEXT_A)
    peer.end()
    expect(await loop).toEqual(['text a'])
    expect(lineOf(await received)).toBe('text a')
    await expect(session.incoming.receive()).rejects.toMatchObject({
      reason: { code: 1006 },
      cause: { name: 'ConnectionLostException' },
    })
    expect(await session.closed).toMatchObject({
      initiator: 'transport',
      clean: false,
      cause: { name: 'ConnectionLostException' },
    })
  })
})

describe('terminate', () => {
  it('ends everything at once', async () => {
    const { session, peer } = sessionRig()
    const loop = looped(session.incoming)
    session.terminate()
    expect(session.closeRecord).toMatchObject({ reason: { code: 1006 }, initiator: 'transport' })
    expect(await loop).toEqual([])
    expect([peer.ended, peer.received()]).toEqual([true, ''])
    expect(await stateOf(session.send('a'))).toBe('rejected: WebSocketClosedException')
  })
})

describe('the signal of a session', () => {
  it('aborts at the end, with what receive rejects with', async () => {
    const { session, peer } = sessionRig()
    const { signal } = session
    expect([signal, signal.aborted]).toEqual([session.signal, false])
    peer.send('88 82 00000000 0fa0')
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({
      name: 'WebSocketClosedException',
      reason: { code: 4000 },
    })
  })

  it('has aborted already when it is asked for afterwards', () => {
    const { session } = sessionRig()
    session.terminate()
    expect(session.signal.aborted).toBe(true)
    expect(session.signal.reason).toMatchObject({ reason: { code: 1006 } })
  })
})

describe('a failure of the connection', () => {
  it('is thrown by loops and sends behind what came before, and is the cause in the record', async () => {
    const { session, peer } = sessionRig()
    peer.send(`${TEXT_A} 83 80 00000000`)
    expect(await looped(session.incoming)).toEqual(['text a', 'WebSocketProtocolException'])
    const { reason, cause } = await session.closed
    expect(reason.code).toBe(1002)
    await expect(session.send('a')).rejects.toBe(cause)
  })
})
