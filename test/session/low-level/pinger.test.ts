import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { type PingerOptions, pinger } from '../../../src/session/low-level/pinger.ts'
import { ponger } from '../../../src/session/low-level/ponger.ts'
import { bytes, hex } from '../../support/hex.ts'
import { rawRig, stateOf } from '../../support/session-rig.ts'
import { settled } from '../../support/socket-rig.ts'

describe('a pinger', () => {
  it('sends a Ping each period after the Pong with its payload', async () => {
    const { session, peer, clock } = rawRig()
    const pongs = pinger(session, { period: 1000, timeout: 500, clock })
    clock.advance(999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    const [ping] = peer.frames()
    expect([ping!.opcode, ping!.payload.length > 0]).toEqual([9, true])
    await pongs.send(new Frame.Pong(bytes('01')))
    expect(pongs.trySend(new Frame.Pong(ping!.payload))).toBe(true)
    clock.advance(999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    expect(peer.frames()).toHaveLength(1)
  })

  it('sends Close 1011 when no such Pong comes in time', async () => {
    const { session, peer, clock } = rawRig()
    const pongs = pinger(session, { period: 1000, timeout: 500, clock })
    clock.advance(1000)
    peer.received()
    await pongs.send(new Frame.Pong(bytes('01')))
    clock.advance(499)
    expect(peer.received()).toBe('')
    clock.advance(1)
    expect(peer.received()).toBe(hex('88 0e 03f3 50696e672074696d656f7574'))
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  it('sends it where it is told to', () => {
    const { session, peer, clock } = rawRig()
    const sent: Frame[] = []
    pinger(session, {
      period: 1000,
      timeout: 500,
      clock,
      out: {
        send: async (frame: Frame) => void sent.push(frame),
        trySend: () => true,
        isClosedForSend: false,
      },
    })
    clock.advance(1500)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9])
    expect(sent.map(({ type }) => type)).toEqual(['close'])
  })

  it('stops with the session, and so does its channel', async () => {
    const { session, clock } = rawRig()
    const pongs = pinger(session, { period: 1000, timeout: 500, clock })
    expect([clock.pending, pongs.isClosedForSend]).toEqual([1, false])
    session.terminate()
    await settled()
    expect([clock.pending, pongs.isClosedForSend]).toEqual([0, true])
    expect(pongs.trySend(new Frame.Pong())).toBe(false)
    expect(await stateOf(pongs.send(new Frame.Pong()))).toBe('rejected: WebSocketClosedException')
  })

  it.each([
    [{ period: -1, timeout: 1 }, 'the option period is -1'],
    [{ period: 1, timeout: Number.NaN }, 'the option timeout is NaN'],
    [{ period: 1 } as PingerOptions, 'the option timeout is undefined'],
  ])('cannot be %j', (times, message) => {
    expect(() => pinger(rawRig().session, times)).toThrow(message)
  })
})

describe('a ponger', () => {
  it('answers each Ping in order with its payload', async () => {
    const { session, peer } = rawRig()
    const pings = ponger(session)
    const answered = (async () => {
      for await (const frame of session.incoming) {
        if (frame.type === 'ping') await pings.send(frame)
      }
    })()
    peer.send('89 81 00000000 01  89 80 00000000  89 82 00000000 0203')
    await settled()
    expect(peer.received()).toBe(hex('8a 01 01  8a 00  8a 02 0203'))
    expect(pings.trySend(new Frame.Ping(bytes('04')))).toBe(true)
    expect(peer.received()).toBe(hex('8a 01 04'))
    session.terminate()
    await answered
    expect(pings.isClosedForSend).toBe(true)
    expect(pings.trySend(new Frame.Ping())).toBe(false)
    expect(await stateOf(pings.send(new Frame.Ping()))).toBe('rejected: WebSocketClosedException')
  })
})
