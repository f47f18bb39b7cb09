import { describe, expect, it } from 'vitest'
import { json } from '../../src/format/json.ts'
import { Message } from '../../src/lens/message.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { typed } from '../../src/session/typed/typed.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { FakeSocket } from '../lens/fake-peers.ts'
import { turn } from '../support/byte-streams.ts'
import { bytes, hex } from '../support/hex.ts'
import { arrived, lineOf, looped, sessionRig, stateOf } from '../support/session-rig.ts'
import { rig, settled } from '../support/socket-rig.ts'

const TEXT_A = '81 81 00000000 61'
const PING_P = '89 81 00000000 70'
const PONG_P = '8a 81 00000000 70'
const CLOSE_1000 = '88 82 00000000 03e8'

describe('what comes in', () => {
  it('is whole messages: fragments are joined, control frames are handled and not seen', () => {
    const { session, peer } = sessionRig()
    peer.send(`01 81 00000000 61 ${PING_P} 00 81 00000000 62 ${PONG_P} 80 81 00000000 63`)
    peer.send('82 82 00000000 0102')
    expect(arrived(session.incoming)).toEqual(['text abc', 'binary 0102'])
    expect(peer.received()).toBe(hex('8a 01 70'))
  })

  it('is text that can be read: what a filter makes of it is told of when it comes, not where it is taken', () => {
    const { socket, peer } = rig()
    const faults: Error[] = []
    socket.onError((error) => faults.push(error))
    const filtered = decorate(socket, {
      message: (message, next) => next(message.body(message.bytes(), 'text')),
    })
    const session = new DefaultWebSocketSessionImpl(filtered)
    peer.send(`82 81 00000000 ff ${TEXT_A}`)
    expect(faults).toMatchObject([{ name: 'TypeError' }])
    expect(arrived(session.incoming)).toEqual(['text a'])
  })

  it('is whole frames even where a message came in fragments', async () => {
    const { session, peer } = sessionRig()
    peer.send('01 81 00000000 61  80 81 00000000 62')
    const frame = await session.incoming.receive()
    expect(frame).toMatchObject({ type: 'text', fin: true, rsv1: false })
  })

  it('stays readable behind a Close', async () => {
    const { session, peer } = sessionRig()
    peer.send(`${TEXT_A} ${CLOSE_1000}`)
    expect(session.closeRecord?.reason.code).toBe(1000)
    expect(await looped(session.incoming)).toEqual(['text a'])
  })

  it('may be received without being awaited when the peer goes: there is no unhandled rejection', async () => {
    const { session, peer } = sessionRig({ contentConverter: converterOf(json) })
    const values = typed(session, { receive: Message.text(), send: Message.text() })
    const { incoming } = session
    const given = [incoming.receive(), incoming.receive({ timeout: 1000 })]
    given.push(session.receiveDeserialized() as Promise<Frame>)
    void values.incoming.receive()
    peer.end()
    void incoming.receive()
    void incoming.receive({ signal: AbortSignal.abort() })
    await turn()
    for (const each of given) {
      await expect(each).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    }
  })

  it('has copies of control frames when asked for, after they have been handled', async () => {
    const { session, peer } = sessionRig({ controlFrames: true })
    peer.send(`${TEXT_A} ${PING_P}`)
    expect(peer.received()).toBe(hex('8a 01 70'))
    peer.send(`${PONG_P} 88 85 00000000 0fa0 627965`)
    expect(peer.received()).toBe(hex('88 05 0fa0 627965'))
    expect(await looped(session.incoming)).toEqual([
      'text a',
      'ping 70',
      'pong 70',
      'close 4000 bye',
    ])
  })

  it('has the copy of Close behind what came before there was a session', async () => {
    const { socket, peer } = rig()
    peer.send(TEXT_A)
    const session = new DefaultWebSocketSessionImpl(socket, { controlFrames: true })
    peer.send('88 85 00000000 0fa0 627965')
    expect(await looped(session.incoming)).toEqual(['text a', 'close 4000 bye'])
  })

  it('has no copy of a Pong that answers the ping timer, unless asked for', () => {
    const { session, peer, clock } = sessionRig({ pingInterval: 1000 })
    clock.advance(1000)
    const [ping] = peer.frames()
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}`)
    expect(arrived(session.incoming)).toEqual([])
  })
})

describe('what goes out', () => {
  it('is text, bytes or frames', async () => {
    const { session, peer } = sessionRig()
    await session.send('é')
    await session.send(bytes('01 02'))
    await session.send(new Frame.Text('a'))
    await session.send(new Frame.Text(bytes('62')))
    await session.outgoing.send(new Frame.Binary(bytes('03')))
    expect(peer.received()).toBe(hex('81 02 c3a9  82 02 0102  81 01 61  81 01 62  82 01 03'))
  })

  it.each([
    undefined,
    null,
    42,
    { type: 'chat', text: 'a' },
    ['a'],
    new ArrayBuffer(1),
    Promise.resolve('a'),
  ])('cannot be what is no text, no bytes and no frame: %o', async (content) => {
    const { session, peer } = sessionRig()
    const send: (content: never) => Promise<void> = session.send.bind(session)
    await expect(send(content as never)).rejects.toThrow('send takes text, bytes or a Frame, ')
    expect(peer.received()).toBe('')
  })

  it('is a copy of the bytes that were given', () => {
    const { session, peer } = sessionRig()
    peer.stall()
    const content = bytes('01 02')
    void session.send(content)
    content.fill(0)
    peer.read()
    expect(peer.received()).toBe(hex('82 02 0102'))
  })

  it('is what came in, for the loop that everybody wants', async () => {
    const { session, peer } = sessionRig()
    const loop = (async () => {
      for await (const frame of session.incoming) await session.send(frame)
    })()
    peer.send('81 83 00000000 e282ac  82 81 00000000 ff')
    await settled()
    expect(peer.received()).toBe(hex('81 03 e282ac  82 01 ff'))
    peer.send(CLOSE_1000)
    await loop
  })

  it('may be fragments, the later ones sent as continuations, with a Ping between', async () => {
    const { session, peer } = sessionRig()
    await session.send(new Frame.Text(bytes('61'), false))
    await session.send(new Frame.Ping(bytes('70')))
    await session.send(new Frame.Text(bytes('62'), false))
    await session.send(new Frame.Ping(bytes('71')))
    await session.send(new Frame.Text(bytes('63'), true))
    await session.send('d')
    expect(peer.received()).toBe(hex('01 01 61  89 01 70  00 01 62  89 01 71  80 01 63  81 01 64'))
  })

  it('passes the filters when it is a whole message, as a frame too', async () => {
    const { socket, peer } = rig()
    const seen: string[] = []
    const filtered = decorate(socket, {
      send: (message, next) => {
        seen.push(message.mode)
        return next(message)
      },
    })
    const session = new DefaultWebSocketSessionImpl(filtered)
    await session.send(new Frame.Binary(bytes('01')))
    await session.send(new Frame.Text('a'))
    await session.send(new Frame.Text(bytes('62'), true, false, false, true))
    expect(seen).toEqual(['binary', 'text'])
    expect(peer.received()).toBe(hex('82 01 01  81 01 61  91 01 62'))
  })

  it('ends a message that is sent in fragments, whatever it is given as', async () => {
    const { session, peer } = sessionRig()
    await session.send(new Frame.Text(bytes('61'), false))
    await session.send('b')
    await session.send(new Frame.Binary(bytes('01'), false))
    await session.send(bytes('02'))
    await session.send('c')
    expect(peer.received()).toBe(hex('01 01 61  80 01 62  02 01 01  80 01 02  81 01 63'))
  })

  it('may have reserved bits, which are sent as they are', async () => {
    const { session, peer } = sessionRig()
    await session.send(new Frame.Text(bytes('61'), true, true))
    expect(peer.received()).toBe(hex('c1 01 61'))
  })

  it.each([
    ['another type in the middle of a message', new Frame.Binary(bytes('01'))],
    ['text that is not UTF-8', new Frame.Text(bytes('ff'))],
  ])('rejects %s, and goes on', async (_, frame) => {
    const { session, peer } = sessionRig()
    if (frame.type === 'binary') await session.send(new Frame.Text(bytes('61'), false))
    peer.received()
    expect(await stateOf(session.send(frame))).toBe('rejected: TypeError')
    expect(() => session.outgoing.trySend(frame)).toThrow(TypeError)
    expect(peer.received()).toBe('')
    await session.send(new Frame.Text(bytes('61')))
    expect(hex(peer.frames()[0]!.payload)).toBe('61')
  })

  it('is refused once the session is closing or closed, without an unhandled rejection', async () => {
    const { session, peer } = sessionRig()
    void session.close(new CloseReason(4000, 'done'))
    expect(session.outgoing.isClosedForSend).toBe(true)
    expect(session.outgoing.trySend(new Frame.Text('a'))).toBe(false)
    await expect(session.send('a')).rejects.toMatchObject({
      name: 'WebSocketClosedException',
      message: 'the session is closing',
      reason: new CloseReason(4000, 'done'),
    })
    peer.send('88 82 00000000 0fa0')
    void session.send('b')
    await expect(session.send('c')).rejects.toThrow('the connection is closed')
  })

  it('goes out as a Ping or a whole message where the runtime has no more, and else is refused', async () => {
    const pings: string[] = []
    class Plain extends FakeSocket {
      override readonly link = {
        extensions: [],
        ping: (data: Uint8Array = new Uint8Array()) => {
          pings.push(hex(data))
        },
      }
    }
    const socket = new Plain()
    const session = new DefaultWebSocketSessionImpl(socket)
    await session.send('a')
    await session.send(new Frame.Ping(bytes('70')))
    expect([socket.sent.map((message) => message.text()), pings]).toEqual([['a'], ['70']])
    void session.send(new Frame.Ping())
    expect(session.outgoing.trySend(new Frame.Ping())).toBe(true)
    await expect(session.send(new Frame.Pong())).rejects.toThrow(NotSupportedException)
    await expect(session.send(new Frame.Text(bytes('61'), false))).rejects.toThrow(
      'this runtime sends whole messages only, not text frames, fragments or reserved bits',
    )
    for (const bit of [0, 1, 2]) {
      const bits = [0, 1, 2].map((other) => other === bit)
      const reserved = session.send(new Frame.Text(bytes('61'), true, ...bits))
      await expect(reserved).rejects.toThrow(NotSupportedException)
    }
  })
})

describe('pings', () => {
  it('go out each interval after the last answer, with a payload of their own', () => {
    const { peer, clock } = sessionRig({ pingInterval: 1000, pongTimeout: 500 })
    clock.advance(999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    const [first] = peer.frames()
    expect([first!.opcode, first!.fin, first!.payload.length]).toEqual([9, true, 8])
    clock.advance(400)
    peer.send(`8a 88 00000000 ${hex(first!.payload)}`)
    clock.advance(999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    const [second] = peer.frames()
    expect(second!.payload).not.toEqual(first!.payload)
  })

  it('that get no answer close the session with 1011, and both channels', async () => {
    const { session, peer, clock } = sessionRig({ pingInterval: 500, pongTimeout: 500 })
    const loop = looped(session.incoming)
    clock.advance(1000)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9, 8])
    expect(await loop).toEqual(['PingTimeoutException'])
    expect(await session.closed).toMatchObject({
      reason: new CloseReason(1011, 'Ping timeout'),
      initiator: 'local',
      clean: false,
      cause: { name: 'PingTimeoutException' },
    })
    expect(await stateOf(session.send('a'))).toBe('rejected: PingTimeoutException')
  })

  it('can be changed while the session is open, and begin anew', () => {
    const { session, peer, clock } = sessionRig()
    expect([session.pingInterval, session.pongTimeout]).toEqual([0, 15_000])
    session.pingInterval = 1000
    session.pongTimeout = 100
    expect([session.pingInterval, session.pongTimeout]).toEqual([1000, 100])
    clock.advance(900)
    session.pingInterval = 2000
    clock.advance(1999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    expect(peer.frames()).toHaveLength(1)
    session.pingInterval = null
    clock.advance(100_000)
    expect([session.pingInterval, peer.frames(), session.closeRecord]).toEqual([0, [], undefined])
  })

  it.each([-1, Number.NaN, 2 ** 31])('cannot be %d ms apart', (time) => {
    const { session } = sessionRig()
    expect(() => {
      session.pingInterval = time
    }).toThrow(`the option pingInterval is ${time}`)
    expect(() => {
      session.pongTimeout = time
    }).toThrow(`the option pongTimeout is ${time}`)
    expect(() => sessionRig({ pingInterval: time })).toThrow(RangeError)
  })

  it('have a time for their Pongs', () => {
    const { session } = sessionRig()
    expect(() => Object.assign(session, { pongTimeout: undefined })).toThrow(
      'the option pongTimeout is undefined',
    )
    expect(session.pongTimeout).toBe(15_000)
  })
})

describe('maxFrameSize', () => {
  it('is that of frames and of whole messages, and can be changed while the session is open', async () => {
    const { session, peer } = sessionRig()
    expect(session.maxFrameSize).toBe(1_048_576)
    session.maxFrameSize = 2
    peer.send('82 82 00000000 0102')
    expect(arrived(session.incoming)).toEqual(['binary 0102'])
    peer.send('02 82 00000000 0102  80 81 00000000 03')
    expect(peer.received().slice(0, 8)).toMatch(/^88..03f1$/)
    expect(await session.closed).toMatchObject({
      reason: { code: 1009 },
      cause: { name: 'FrameTooBigException', frameSize: 3 },
    })
  })

  it('is the smaller of the two limits where they differ', () => {
    const { session } = sessionRig({}, { role: 'client' })
    expect(session.maxFrameSize).toBe(64 * 1024 * 1024)
  })

  it('cannot be less than nothing, or be where the runtime has none', () => {
    const { session } = sessionRig()
    expect(() => {
      session.maxFrameSize = -1
    }).toThrow('the option maxFrameSize is -1: it must be a number from 0 up')
    expect(() => Object.assign(session, { maxFrameSize: undefined })).toThrow(
      'the option maxFrameSize is undefined: it must be a number from 0 up',
    )
    const plain = new DefaultWebSocketSessionImpl(new FakeSocket())
    expect(() => plain.maxFrameSize).toThrow(NotSupportedException)
    expect(() => {
      plain.maxFrameSize = 1
    }).toThrow('this runtime has no limits that a session could see or change')
  })
})

describe('a session on a runtime that knows less', () => {
  it('says so where it cannot do what is asked', () => {
    const socket = new FakeSocket()
    expect(() => new DefaultWebSocketSessionImpl(socket, { pingInterval: 1000 })).toThrow(
      'this runtime has no ping timer',
    )
    expect(() => new DefaultWebSocketSessionImpl(socket, { controlFrames: true })).toThrow(
      'this runtime does not tell of control frames: leave out the option controlFrames',
    )
  })

  it('receives, sends and ends with a record of what is known', async () => {
    const socket = new FakeSocket()
    const session = new DefaultWebSocketSessionImpl(socket)
    socket.receive('a')
    expect(lineOf(await session.incoming.receive())).toBe('text a')
    await session.flush()
    expect(session.extensions).toEqual([])
    void session.close(new CloseReason(4000))
    socket.ended(new CloseReason(4000))
    expect(await session.closed).toEqual({
      reason: new CloseReason(4000),
      local: new CloseReason(4000),
      remote: new CloseReason(4000),
      initiator: 'local',
      clean: true,
      cause: undefined,
    })
  })

  it.each([
    [new CloseReason(1000), 'remote', true],
    [new CloseReason(1001), 'remote', true],
    [new CloseReason(1005), 'remote', true],
    [new CloseReason(1006), 'transport', false],
    [new CloseReason(-1), 'transport', false],
  ] as const)('tells who closed from %s', async (status, initiator, clean) => {
    const socket = new FakeSocket()
    const session = new DefaultWebSocketSessionImpl(socket)
    socket.ended(status)
    const remote = clean ? status : undefined
    expect(await session.closed).toMatchObject({ reason: status, initiator, clean, remote })
  })

  it('flushes what it can: until the socket is drained', async () => {
    let drain = (): void => {}
    class Slow extends FakeSocket {
      override drained(): Promise<void> {
        return new Promise((resolve) => {
          drain = resolve
        })
      }
    }
    const flushed = new DefaultWebSocketSessionImpl(new Slow()).flush()
    expect(await stateOf(flushed)).toBe('pending')
    drain()
    await flushed
  })

  it('has the time of the platform', async () => {
    const { incoming } = new DefaultWebSocketSessionImpl(new FakeSocket())
    await expect(incoming.receive({ timeout: 1 })).rejects.toThrow('no frame came within 1 ms')
  })

  it('keeps text and bytes of a message as they are', () => {
    const { socket, session, peer } = sessionRig()
    socket.send(WsMessage.text('a'))
    void session.send('b')
    expect(peer.received()).toBe(hex('81 01 61  81 01 62'))
  })
})
