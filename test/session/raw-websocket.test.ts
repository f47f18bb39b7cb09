import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import { bytes, hex } from '../support/hex.ts'
import { arrived, looped, rawRig, stateOf } from '../support/session-rig.ts'
import { rig } from '../support/socket-rig.ts'

describe('a raw session', () => {
  it('has every frame as it is, and answers none', () => {
    const { session, peer } = rawRig()
    peer.send('01 81 00000000 61  89 81 00000000 70  80 81 00000000 62  8a 80 00000000')
    expect(arrived(session.incoming)).toEqual(['text a...', 'ping 70', 'text b', 'pong'])
    expect(peer.received()).toBe('')
  })

  it('has ten messages and a Close as eleven frames', async () => {
    const { session, peer } = rawRig()
    peer.send(`${'81 81 00000000 61 '.repeat(10)} 88 82 00000000 03e8`)
    expect(await looped(session.incoming)).toEqual([
      ...Array.from({ length: 10 }, () => 'text a'),
      'close 1000',
    ])
  })

  it('gives text as it came: whether it is UTF-8 is for whoever reads it', () => {
    const { session, peer } = rawRig()
    peer.send('81 81 00000000 ff')
    const frame = session.incoming.tryReceive()
    expect(frame?.data).toEqual(bytes('ff'))
  })

  it('sends every frame as it is', async () => {
    const { session, peer } = rawRig()
    await session.send(new Frame.Text(bytes('ff'), false))
    await session.send(new Frame.Ping(bytes('70')))
    await session.send(new Frame.Text(bytes('62'), true))
    await session.send('c')
    await session.send(bytes('03'))
    expect(peer.received()).toBe(hex('01 01 ff  89 01 70  80 01 62  81 01 63  82 01 03'))
    expect(await stateOf(session.send(new Frame.Text(bytes('61'), false)))).toBe('resolved')
    expect(await stateOf(session.send(new Frame.Binary(bytes('61'))))).toBe('rejected: TypeError')
  })

  it('ends its incoming with the Close of the peer, and answers it when told', async () => {
    const { session, peer } = rawRig()
    peer.send('88 85 00000000 0fa0 627965')
    expect(await looped(session.incoming)).toEqual(['close 4000 bye'])
    await expect(session.incoming.receive()).rejects.toMatchObject({
      reason: new CloseReason(4000, 'bye'),
    })
    await expect(session.send('too late')).rejects.toMatchObject({
      reason: new CloseReason(4000, 'bye'),
    })
    expect([peer.received(), session.closeRecord]).toEqual(['', undefined])
    const closed = session.close(new CloseReason(4001))
    expect(peer.received()).toBe(hex('88 02 0fa1'))
    expect(await closed).toMatchObject({
      reason: { code: 4000 },
      local: { code: 4001 },
      remote: { code: 4000 },
      initiator: 'remote',
      clean: true,
    })
  })

  it('answers the Close of the peer by a frame as well', async () => {
    const { session, peer } = rawRig()
    peer.send('88 82 00000000 0fa0')
    expect(await stateOf(session.send('a'))).toBe('rejected: WebSocketClosedException')
    await session.send(new Frame.Close(bytes('0fa1')))
    expect(peer.received()).toBe(hex('88 02 0fa1'))
    expect(await stateOf(session.send(new Frame.Close()))).toBe(
      'rejected: WebSocketClosedException',
    )
    expect(await session.closed).toMatchObject({ local: { code: 4001 }, remote: { code: 4000 } })
  })

  it('sends any Close frame, also one that a default session refuses', async () => {
    const { session, peer } = rawRig()
    await session.send(new Frame.Close(bytes('03ee 78')))
    expect(peer.received()).toBe(hex('88 03 03ee 78'))
    peer.send('88 80 00000000')
    expect(await session.closed).toMatchObject({
      local: new CloseReason(1006, 'x'),
      remote: { code: 1005 },
      initiator: 'local',
      clean: true,
    })
    const empty = rawRig()
    await empty.session.send(new Frame.Close())
    expect(empty.peer.received()).toBe(hex('88 00'))
  })

  it('closes by itself for what breaks the protocol, or the limit, and tells why', async () => {
    const violated = rawRig()
    violated.peer.send('81 81 00000000 61  83 80 00000000')
    expect(violated.peer.received().slice(4, 8)).toBe('03ea')
    expect(await looped(violated.session.incoming)).toEqual([
      'text a',
      'WebSocketProtocolException',
    ])
    const large = rawRig()
    large.session.maxFrameSize = 2
    large.peer.send('82 82 00000000 0102  82 83 00000000')
    expect(large.peer.received().slice(4, 8)).toBe('03f1')
    expect(await looped(large.session.incoming)).toEqual(['binary 0102', 'FrameTooBigException'])
  })

  it('has the limit of frames for its maxFrameSize: messages are no business of its own', () => {
    const { session } = rawRig({}, { role: 'client' })
    expect(session.maxFrameSize).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('masks what it sends from now on when told to', async () => {
    const { session, peer } = rawRig()
    expect(session.masking).toBe(false)
    session.masking = true
    await session.send('a')
    const [frame] = peer.frames()
    expect(frame!.key).toBeDefined()
    expect(hex(frame!.payload)).toBe('61')
  })

  it('tells of an end without a Close, and of terminate', async () => {
    const lost = rawRig()
    lost.peer.send('81 81 00000000 61')
    lost.peer.end()
    expect(await looped(lost.session.incoming)).toEqual(['text a'])
    expect(await lost.session.closed).toMatchObject({
      reason: { code: 1006 },
      initiator: 'transport',
    })
    const dropped = rawRig()
    dropped.session.terminate()
    expect([dropped.peer.ended, dropped.peer.received()]).toEqual([true, ''])
  })

  it('needs a socket of frames', () => {
    expect(() => new RawWebSocket(rig().socket)).toThrow(NotSupportedException)
  })
})
