import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { FrameType } from '../../../src/protocol/frame/frame-type.ts'
import { DefaultWebSocketSessionImpl } from '../../../src/session/default-session.ts'
import { capable } from '../../../src/websocket/capable.ts'
import {
  ConnectionLostException,
  FrameTooBigException,
  NotSupportedException,
  OverflowException,
  PingTimeoutException,
  WebSocketProtocolException,
} from '../../../src/websocket/errors.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { AbleTransport, FakeTransport, messageRig } from '../../support/message-rig.ts'
import { settled } from '../../support/socket-rig.ts'

const never = (): Promise<void> => new Promise(() => {})

describe('sending', () => {
  test('hands over text and bytes, and says when the peer lags', async () => {
    const { socket, transport } = messageRig(new FakeTransport(), { highWaterMark: 10 })
    expect(socket.send('a')).toBe(true)
    expect(socket.send(Uint8Array.of(1, 2))).toBe(true)
    expect(socket.send(WsMessage.of('b').body('c', 'binary'))).toBe(true)
    transport.bufferedAmount = 11
    expect(socket.send('d')).toBe(false)
    expect(transport.did).toEqual(['text a', 'bytes 1,2', 'bytes 99', 'text d'])
    const done: string[] = []
    void socket.drained().then(() => done.push('drained'))
    void socket.link.flush?.().then(() => done.push('flushed'))
    transport.drainTo(10)
    await Promise.resolve()
    expect(done).toEqual(['drained'])
    transport.drainTo(0)
    await Promise.resolve()
    expect(done).toEqual(['drained', 'flushed'])
  })

  test('refuses what is neither text nor bytes', () => {
    const { socket, transport } = messageRig(new FakeTransport())
    const send = (wrong: unknown): unknown => Reflect.apply(socket.send, socket, [wrong])
    for (const wrong of [5, undefined, {}, [1, 2], new Float64Array(1)]) {
      for (transport.bufferedAmount of [0, 1]) {
        expect(() => send(wrong)).toThrow('a message is made of a string or a Uint8Array')
      }
    }
    expect([socket.state, transport.did]).toEqual(['open', []])
  })

  test.each([
    ['close', 'closed', ['text first', 'close 1013 Try again later']],
    ['drop', 'open', ['text first']],
    ['wait', 'open', ['text first', 'text second']],
  ] as const)('past the limit, the policy is to %s', (slowConsumer, state, did) => {
    const rig = messageRig(new FakeTransport(), { slowConsumer, maxBufferedAmount: 10 })
    const { socket, transport } = rig
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    expect(socket.send('first')).toBe(true)
    transport.bufferedAmount = 5
    expect(socket.send('second')).toBe(slowConsumer === 'wait')
    expect([socket.state, transport.did]).toEqual([state, did])
    expect(errors).toEqual(slowConsumer === 'close' ? [expect.any(OverflowException)] : [])
  })

  test('the limit of what may wait counts bytes, and not the units of a text', () => {
    const { socket, transport, heard } = messageRig(new FakeTransport(), { maxBufferedAmount: 10 })
    transport.bufferedAmount = 4
    expect(socket.send('ééé')).toBe(true)
    expect(socket.send('€€€')).toBe(false)
    expect(transport.did).toEqual(['text ééé', 'close 1013 Try again later'])
    expect(heard).toEqual(['closed 1013 Try again later'])
  })

  test('the limit of what may wait can be reached', () => {
    const { socket, transport } = messageRig(new FakeTransport(), { maxBufferedAmount: 10 })
    transport.bufferedAmount = 5
    expect(socket.send('fifth')).toBe(true)
    expect([socket.state, transport.did]).toEqual(['open', ['text fifth']])
  })
})

describe('receiving', () => {
  test('takes messages of the limit, and ends with 1009 at a larger one', () => {
    const { socket, core, transport, heard } = messageRig(new FakeTransport(), {
      maxMessageSize: 4,
    })
    const seen: string[] = []
    const errors: Error[] = []
    socket.onMessage((message) => seen.push(message.text()))
    socket.onError((error) => errors.push(error))
    core.received('éé')
    core.received('ééé')
    core.received('late')
    expect(seen).toEqual(['éé'])
    expect(transport.did).toEqual(['close 1009 a message of 6 bytes: the limit is 4'])
    expect(heard).toEqual(['closed 1009 a message of 6 bytes: the limit is 4'])
    expect(errors).toEqual([expect.any(FrameTooBigException)])
    expect(errors).toEqual([expect.objectContaining({ frameSize: 6 })])
  })

  test('follows limits that are changed, up to what the runtime reads', () => {
    const { socket, core, heard } = messageRig(new FakeTransport())
    const { limits } = socket.link
    expect(limits).toMatchObject({ maxMessageSize: 100 })
    expect(() => {
      limits!.maxMessageSize = 1_001
    }).toThrow('fake reads no message of more than 1000 bytes')
    limits!.maxMessageSize = 2
    expect(socket.link.limits).toMatchObject({ maxMessageSize: 2 })
    core.received('abc')
    expect(heard).toEqual(['closed 1009 a message of 3 bytes: the limit is 2'])
  })

  test('has no limit for frames', () => {
    const { limits } = messageRig(new FakeTransport()).socket.link
    expect(limits?.maxFrameSize).toBe(Infinity)
    expect(() => {
      limits!.maxFrameSize = 10
    }).toThrow(new NotSupportedException('fake has no limit for frames: set maxMessageSize'))
  })

  test.each([Number.NaN, -1, undefined])('has no limit of %j', (bad) => {
    const { limits } = messageRig(new AbleTransport()).socket.link
    expect(() => Object.assign(limits!, { maxMessageSize: bad })).toThrow(RangeError)
    expect(limits).toMatchObject({ maxMessageSize: 100 })
  })

  test('a session’s limit is that of messages where there is none for frames', () => {
    for (const transport of [new FakeTransport(), new AbleTransport()]) {
      const { socket, core, heard } = messageRig(transport)
      const session = new DefaultWebSocketSessionImpl(socket)
      session.maxFrameSize = 500
      expect(session.maxFrameSize).toBe(500)
      core.received('a'.repeat(501))
      expect(heard).toEqual(['closed 1009 a message of 501 bytes: the limit is 500'])
    }
  })

  test('closes with 1013 past the inbound mark where nothing can pause', () => {
    const inboundMark = { bytes: 100, messages: 2 }
    const { socket, core, heard } = messageRig(new FakeTransport(), { inboundMark })
    socket.onMessage(never)
    for (const text of ['a', 'b']) core.received(text)
    expect(heard).toEqual([])
    core.received('c')
    expect(heard).toEqual(['closed 1013 Try again later'])
  })

  test('pauses at the inbound mark, and keeps what still comes, its end too', async () => {
    const inboundMark = { bytes: 100, messages: 1 }
    const rig = messageRig(new AbleTransport(), { inboundMark })
    const { socket, core, transport, heard } = rig
    let release = (): void => {}
    const working = new Promise<void>((resolve) => {
      release = resolve
    })
    const seen: string[] = []
    socket.onMessage((message) => {
      seen.push(message.text())
      return working
    })
    for (const text of ['a', 'b', 'c']) core.received(text)
    core.ended(4000, 'bye', true)
    expect([seen, transport.did, heard]).toEqual([['a', 'b'], ['pause'], []])
    release()
    await new Promise((resolve) => setTimeout(resolve))
    expect([seen, heard]).toEqual([['a', 'b', 'c'], ['closed 4000 bye']])
    expect(rig.gone()).toBe(1)
  })

  test('goes on at half the mark, and tells what comes then', async () => {
    const inboundMark = { bytes: 100, messages: 4 }
    const { socket, core, transport } = messageRig(new AbleTransport(), { inboundMark })
    const seen: string[] = []
    const finish: (() => void)[] = []
    socket.onMessage((message) => {
      seen.push(message.text())
      return new Promise<void>((resolve) => finish.push(resolve))
    })
    for (const text of ['a', 'b', 'c', 'd', 'e']) core.received(text)
    for (const done of finish.splice(0, 2)) done()
    await settled()
    expect(transport.did).toEqual(['pause'])
    finish[0]!()
    await settled()
    expect(transport.did).toEqual(['pause', 'resume'])
    core.received('f')
    expect(seen.at(-1)).toBe('f')
  })

  test('keeps the order when more comes while what waited is told', () => {
    const { socket, core } = messageRig(new AbleTransport())
    const { link } = capable(socket, 'pause')
    const seen: string[] = []
    socket.onMessage((message) => {
      seen.push(message.text())
      if (message.text() === 'a') core.received('c')
    })
    link.pause()
    for (const text of ['a', 'b']) core.received(text)
    link.resume()
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('holds what comes past the mark until the consumer has settled', () => {
    const inboundMark = { bytes: 100, messages: 2 }
    const { core, reports, transport } = messageRig(new AbleTransport(), { inboundMark })
    for (const text of ['a', 'b', 'c']) core.received(text)
    expect([reports, transport.did]).toEqual([[], ['pause']])
    core.settle()
    expect(reports).toEqual(['3 messages were dropped: no listener was set'])
  })

  test('drops what nobody will listen to, and the hook hears of it', () => {
    const inboundMark = { bytes: 100, messages: 2 }
    const { socket, core, reports, heard } = messageRig(new AbleTransport(), { inboundMark })
    if ('open' in socket && typeof socket.open === 'function') socket.open(() => {})
    for (const text of ['a', 'b', 'c']) core.received(text)
    expect(reports).toEqual(['3 messages were dropped: no listener was set'])
    expect(heard).toEqual([])
  })
})

describe('the link', () => {
  test('has what its engine has, and nothing else', () => {
    const { link } = messageRig(new FakeTransport()).socket
    for (const name of ['pause', 'resume', 'ping', 'onPong', 'onControl', 'sendFrame']) {
      expect(name in link).toBe(false)
    }
    expect(link.pings).toBeUndefined()
    expect(link.engine?.name).toBe('fake')
    expect(link.extensions).toEqual([])
    const able = messageRig(new AbleTransport()).socket
    expect(able.link).toBe(able.link)
    capable(able, 'pause', 'ping', 'pings', 'onControl').link.ping()
    expect(() => capable(able, 'ping', 'frames')).toThrow(
      new NotSupportedException('fake has no frames'),
    )
  })

  test('does not take pings that nothing would come of', () => {
    const { link } = messageRig(new FakeTransport()).socket
    expect(() => {
      link.pings = { pingInterval: 10, pongTimeout: 5 }
    }).toThrow(new NotSupportedException('fake has no pings'))
    expect(link.pings).toBeUndefined()
  })

  test('pauses and resumes, in the order of what came', () => {
    const { socket, core, transport } = messageRig(new AbleTransport())
    const { link } = capable(socket, 'pause', 'onControl')
    const seen: string[] = []
    socket.onMessage((message) => {
      seen.push(message.text())
      if (message.text() === 'b') link.pause()
    })
    link.onControl(({ type }) => seen.push(type))
    link.pause()
    for (const text of ['a', 'b', 'c']) core.received(text)
    core.controls?.came(FrameType.PING, new Uint8Array())
    expect(seen).toEqual([])
    link.resume()
    expect([seen, transport.did]).toEqual([
      ['a', 'b'],
      ['pause', 'pause'],
    ])
    link.resume()
    expect([seen, transport.did]).toEqual([
      ['a', 'b', 'c', 'ping'],
      ['pause', 'pause', 'resume'],
    ])
  })

  test('leaves the connection alone once the socket has ended', () => {
    const { socket, core, transport } = messageRig(new AbleTransport())
    const { link } = capable(socket, 'pause')
    core.ended(1000, '', true)
    link.pause()
    link.resume()
    expect(transport.did).toEqual([])
  })

  test('takes the Pong for a newer Ping of the user as an answer to its ping timer', () => {
    const rig = messageRig(new AbleTransport(), { pingInterval: 100, pongTimeout: 50 })
    const { link } = capable(rig.socket, 'ping')
    rig.clock.advance(100)
    link.ping(Uint8Array.of(1))
    rig.core.controls?.came(FrameType.PONG, Uint8Array.of(1))
    rig.clock.advance(149)
    expect(rig.transport.did).toEqual(['ping 8', 'ping 1', 'ping 8'])
    rig.clock.advance(1)
    expect(rig.heard).toEqual(['closed 1011 Ping timeout'])
  })

  test('pings, and tells the Pongs that no timer waits for', () => {
    const rig = messageRig(new AbleTransport(), { pingInterval: 1_000, pongTimeout: 500 })
    const { socket, core, transport, clock } = rig
    const { link } = capable(socket, 'ping', 'onControl')
    const pongs: number[] = []
    const controls: string[] = []
    link.onPong((data) => pongs.push(data.length))
    link.onControl((frame) => controls.push(`${frame.type} ${frame.data.length}`))
    link.ping(Uint8Array.of(1))
    expect(() => Reflect.apply(link.ping, link, ['12'])).toThrow(TypeError)
    expect(() => link.ping(new Uint8Array(126))).toThrow(RangeError)
    clock.advance(1_000)
    expect(transport.did).toEqual(['ping 1', 'ping 8'])
    core.controls?.came(FrameType.PONG, Uint8Array.of(1))
    core.controls?.came(FrameType.CLOSE, new Frame.Close(new CloseReason(4000)).data)
    expect([pongs, controls]).toEqual([[1], ['pong 1', 'close 2']])
  })

  test('pings nobody once it closes, and lets its timer go with the end', () => {
    const { socket, core, transport, clock } = messageRig(new AbleTransport(), {
      pingInterval: 1_000,
    })
    socket.close()
    capable(socket, 'ping').link.ping()
    expect(transport.did).toEqual(['close 1000'])
    core.ended(1000, '', true)
    expect(clock.pending).toBe(0)
  })

  test('leaves a close that has begun its own time', () => {
    const { socket, clock } = messageRig(new AbleTransport(), {
      pingInterval: 1_000,
      pongTimeout: 500,
      closeTimeout: 10_000,
    })
    clock.advance(1_000)
    socket.close()
    clock.advance(500)
    expect(socket.state).toBe('closing')
  })

  test('gives a Pong its whole time again once it goes on', () => {
    const rig = messageRig(new AbleTransport(), { pingInterval: 100, pongTimeout: 50 })
    const { link } = capable(rig.socket, 'pause')
    rig.clock.advance(100)
    link.pause()
    rig.clock.advance(49)
    link.resume()
    rig.clock.advance(49)
    expect(rig.heard).toEqual([])
    rig.clock.advance(1)
    expect(rig.heard).toEqual(['closed 1011 Ping timeout'])
  })

  test('waits for no Pong while it is paused', () => {
    const { socket, clock } = messageRig(new AbleTransport(), { pingInterval: 10, pongTimeout: 5 })
    capable(socket, 'pause').link.pause()
    clock.advance(1_000)
    expect(socket.state).toBe('open')
  })

  test('takes pings only that a timer can wait for', () => {
    const { socket } = messageRig(new AbleTransport())
    for (const wrong of [Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31]) {
      expect(() => {
        socket.link.pings = { pingInterval: wrong, pongTimeout: 5 }
      }).toThrow(new RegExp(`^the option pingInterval is ${wrong}`))
      expect(() => {
        socket.link.pings = { pingInterval: 10, pongTimeout: wrong }
      }).toThrow(new RegExp(`^the option pongTimeout is ${wrong}`))
    }
    expect(socket.link.pings).toMatchObject({ pingInterval: 0, pongTimeout: 15_000 })
  })

  test('closes with 1011 when no Pong comes, also with a timer that was set later', () => {
    const { socket, transport, clock, heard } = messageRig(new AbleTransport())
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    socket.link.pings = { pingInterval: 10, pongTimeout: 5 }
    expect(socket.link.pings).toEqual({ pingInterval: 10, pongTimeout: 5 })
    clock.advance(15)
    expect(transport.did).toEqual(['ping 8', 'close 1011 Ping timeout'])
    expect(heard).toEqual(['closed 1011 Ping timeout'])
    expect(errors).toEqual([new PingTimeoutException('no Pong came within 5 ms')])
  })
})

test('a session over it says what its engine lacks', () => {
  const { socket } = messageRig(new FakeTransport())
  const session = new DefaultWebSocketSessionImpl(socket)
  expect(() => session.pingInterval).toThrow(new NotSupportedException('fake has no ping timer'))
  expect(session.maxFrameSize).toBe(100)
  session.maxFrameSize = 10
  expect(session.maxFrameSize).toBe(10)
})

describe('the end', () => {
  test('comes behind what was held, once somebody listens', async () => {
    const { socket, core, heard } = messageRig(new FakeTransport())
    core.received('before')
    socket.onMessage((message) => {
      heard.push(message.text())
    })
    socket.terminate()
    expect(socket.state).toBe('closed')
    await settled()
    expect(heard).toEqual(['before', 'closed 1006 Connection lost'])
  })

  test('is the one that the peer answers', () => {
    const rig = messageRig(new FakeTransport())
    const { socket, core, transport, clock } = rig
    socket.close(new CloseReason(4000, 'bye'))
    socket.close(new CloseReason(4001))
    expect([socket.state, socket.send('late'), transport.did]).toEqual([
      'closing',
      false,
      ['close 4000 bye'],
    ])
    core.ended(4000, '', true)
    expect([socket.state, rig.heard, rig.gone(), clock.pending]).toEqual([
      'closed',
      ['closed 4000 bye'],
      1,
      0,
    ])
    expect(socket.link.closeRecord).toMatchObject({
      local: { code: 4000 },
      remote: { code: 4000 },
      initiator: 'local',
      clean: true,
    })
  })

  test('lets the runtime read on where it was paused', () => {
    const { socket, core, transport } = messageRig(new AbleTransport())
    capable(socket, 'pause').link.pause()
    core.ended(1000, '', true)
    expect(transport.did).toEqual(['pause', 'resume'])
  })

  test('waits behind a pause, and no longer than until the socket is closed', () => {
    const rig = messageRig(new AbleTransport())
    const { socket, core, transport, heard } = rig
    const seen: unknown[] = []
    socket.onMessage((message) => seen.push(message))
    capable(socket, 'pause').link.pause()
    core.received('a')
    transport.open = false
    core.ended(1006, '', false)
    expect([socket.state, heard]).toEqual(['closing', []])
    socket.close()
    expect([seen, heard, rig.gone()]).toEqual([[], ['closed 1006 Connection lost'], 1])
  })

  test('waits behind no pause once the socket is closed', () => {
    const { socket, core, heard, gone } = messageRig(new AbleTransport())
    capable(socket, 'pause').link.pause()
    core.received('a')
    socket.close(new CloseReason(4000))
    core.ended(4000, '', true)
    expect([heard, gone()]).toEqual([['closed 4000'], 1])
    expect(socket.link.closeRecord).toMatchObject({ clean: true, remote: { code: 4000 } })
  })

  test('by the runtime, for what the peer did, comes behind what waits, too', async () => {
    const { socket, core, heard } = messageRig(new AbleTransport())
    socket.onMessage((message) => heard.push(message.text()))
    const { link } = capable(socket, 'pause')
    link.pause()
    core.received('a')
    const reason = new CloseReason(1007, 'not UTF-8')
    core.refused(reason, new WebSocketProtocolException(reason))
    expect(heard).toEqual([])
    link.resume()
    expect(heard).toEqual(['a', 'closed 1007 not UTF-8'])
    expect(socket.link.closeRecord).toMatchObject({ cause: expect.any(WebSocketProtocolException) })
  })

  test('may be asked for again, with what the socket ended with, even if that cannot be sent', () => {
    const { socket, core, transport } = messageRig(new FakeTransport())
    expect(() => socket.close(WsStatus.ABNORMAL_CLOSE)).toThrow(RangeError)
    socket.onClose((status) => socket.close(status))
    const faults: Error[] = []
    socket.onError((error) => faults.push(error))
    core.ended(1006, '', false)
    expect(() => socket.close(WsStatus.ABNORMAL_CLOSE)).not.toThrow()
    expect([faults, transport.did]).toEqual([[], []])
  })

  test('has begun once either side closes', () => {
    const ours = messageRig(new FakeTransport())
    ours.socket.close()
    ours.transport.open = true
    const theirs = messageRig(new FakeTransport())
    theirs.transport.open = false
    expect([ours.socket.state, theirs.socket.state]).toEqual(['closing', 'closing'])
  })

  test('is the first that is told, and nothing begins another', () => {
    const { socket, core, transport, clock, heard } = messageRig(new FakeTransport())
    core.ended(4000, 'bye', true)
    const { closeRecord } = socket.link
    core.ended(1006, '', false)
    core.shutDown(new CloseReason(1001), 5)
    expect([heard, transport.did, clock.pending]).toEqual([['closed 4000 bye'], [], 0])
    expect(socket.link.closeRecord).toBe(closeRecord)
  })

  test('comes after a time when the peer does not', () => {
    const rig = messageRig(new FakeTransport(), { closeTimeout: 50 })
    const { socket, transport, clock } = rig
    socket.close()
    clock.advance(50)
    expect([transport.did, rig.heard, rig.gone()]).toEqual([
      ['close 1000', 'terminate'],
      ['closed 1000'],
      1,
    ])
    expect(socket.link.closeRecord).toMatchObject({ remote: undefined, clean: false })
    expect(socket.link.closeRecord?.cause).toBeInstanceOf(ConnectionLostException)
  })

  test('by the peer, lost, or terminated, is told as it was', () => {
    const peer = messageRig(new FakeTransport())
    peer.core.ended(1005, '', true)
    expect(peer.socket.link.closeRecord).toMatchObject({
      local: { code: 1005 },
      remote: { code: 1005 },
      initiator: 'remote',
      clean: true,
    })
    const lost = messageRig(new FakeTransport())
    lost.core.ended(1006, '', false)
    expect(lost.socket.link.closeRecord).toMatchObject({ initiator: 'transport', clean: false })
    const dropped = messageRig(new FakeTransport())
    dropped.socket.terminate()
    dropped.socket.terminate()
    dropped.core.ended(1006, '', false)
    expect(dropped.transport.did).toEqual(['terminate'])
    expect(dropped.socket.link.closeRecord?.cause).toBeUndefined()
    expect([peer, lost, dropped].map(({ heard }) => heard)).toEqual([
      ['closed 1005'],
      ['closed 1006 Connection lost'],
      ['closed 1006 Connection lost'],
    ])
    expect([peer, lost, dropped].map(({ gone }) => gone())).toEqual([1, 1, 1])
  })

  test('without word of the answer of the peer is not clean, and has no cause', () => {
    const { socket, core, gone } = messageRig(new FakeTransport())
    socket.close()
    core.endedAlone()
    expect(gone()).toBe(1)
    expect(socket.link.closeRecord).toEqual({
      reason: new CloseReason(1000),
      local: new CloseReason(1000),
      remote: undefined,
      initiator: 'local',
      clean: false,
      cause: undefined,
    })
  })

  test('by the runtime, for what the peer did, has an error', () => {
    const { socket, core, heard } = messageRig(new FakeTransport())
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    const reason = new CloseReason(1007, 'not UTF-8')
    core.refused(reason, new WebSocketProtocolException(reason))
    expect(heard).toEqual(['closed 1007 not UTF-8'])
    expect(errors).toEqual([expect.any(WebSocketProtocolException)])
  })

  test('by the runtime, after our own Close, keeps our reason', () => {
    const { socket, core } = messageRig(new FakeTransport())
    socket.close(new CloseReason(4000))
    const reason = new CloseReason(1007)
    core.refused(reason, new WebSocketProtocolException(reason))
    expect(socket.link.closeRecord?.reason.code).toBe(4000)
  })

  test('of a stopped server has its own deadline', () => {
    const { core, transport, clock } = messageRig(new FakeTransport())
    core.shutDown(new CloseReason(1001), 5)
    clock.advance(5)
    expect(transport.did).toEqual(['close 1001', 'terminate'])
  })

  test('cannot have a code that does not travel', () => {
    const { socket } = messageRig(new FakeTransport())
    expect(() => socket.close(new CloseReason(1006))).toThrow(RangeError)
    expect(socket.state).toBe('open')
  })
})

test('a listener that throws is called no more, even if the peer ignores the Close', () => {
  const { socket, core, transport, reports } = messageRig(new FakeTransport())
  socket.onMessage((message) => {
    throw new Error(message.text())
  })
  for (const text of ['one', 'two', 'three']) core.received(text)
  expect(reports).toEqual(['one'])
  expect(transport.did).toEqual(['close 1011 Internal error'])
})
