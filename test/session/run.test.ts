import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { run, start } from '../../src/session/run.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { hex } from '../support/hex.ts'
import { rawRig, sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

const CLOSE_1000 = '88 82 00000000 03e8'
const CLOSE_1011 = '88 82 00000000 03f3'

async function drain(session: WebSocketSession): Promise<void> {
  for await (const _ of session.incoming);
}

describe('start', () => {
  it('answers the Close of the peer with 1000 when the handler only hears that it is over', async () => {
    const { session, peer } = rawRig()
    const ran = start(session, async () => {
      for await (const _ of session.incoming);
      await session.send('too late')
    })
    peer.send(CLOSE_1000)
    await ran
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })
})

describe.each([
  ['run', sessionRig, run as typeof start],
  ['start', rawRig, start],
] as const)('%s', (name, makeRig, runs) => {
  const oneRig = makeRig as typeof rawRig

  it('closes with 1000 when the handler ends, and resolves with the session', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, async () => {
      await session.send('a')
    })
    await settled()
    expect(peer.received()).toBe(hex('81 01 61  88 02 03e8'))
    expect(await stateOf(ran)).toBe('pending')
    peer.send(CLOSE_1000)
    expect(await ran).toBeUndefined()
  })

  it('closes with 1011 and no inner detail when the handler throws, and rejects with that', async () => {
    const { session, peer } = oneRig()
    const error = new Error('the password is 1234')
    const ran = runs(session, () => Promise.reject(error))
    const rejected = expect(ran).rejects.toBe(error)
    await settled()
    expect(peer.received()).toBe(hex('88 10 03f3 496e7465726e616c206572726f72'))
    peer.send(CLOSE_1011)
    await rejected
    expect(session.closeRecord?.local).toEqual(new CloseReason(1011, 'Internal error'))
  })

  it('rejects when all is sent, and does not wait for the peer', async () => {
    const { session, peer } = oneRig()
    peer.stall()
    const error = new Error('at last')
    const ran = runs(session, () => {
      void session.send(new Uint8Array(70_000))
      void session.send('behind')
      throw error
    })
    const rejected = expect(ran).rejects.toBe(error)
    expect(await stateOf(ran)).toBe('pending')
    peer.read()
    await rejected
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 1, 8])
    expect(session.closeRecord).toBeUndefined()
    session.terminate()
  })

  it('takes a handler that throws at once as well', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, () => {
      throw new TypeError('at once')
    })
    peer.send(CLOSE_1011)
    await expect(ran).rejects.toThrow('at once')
  })

  it.each([
    ['receiving', (session: WebSocketSession) => session.incoming.receive()],
    ['in its loop', drain],
  ] as const)(
    'does not take it for a failure when the end finds the handler %s',
    async (_, handler) => {
      const { session, peer } = oneRig()
      const ran = runs(session, handler)
      peer.end()
      expect(await ran).toBeUndefined()
    },
  )

  it('does not take it for a failure when the handler hears why the session failed', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, drain)
    peer.send('83 80 00000000')
    expect(await ran).toBeUndefined()
    expect(session.closeRecord?.reason.code).toBe(1002)
  })

  it('does not take it for a failure when the handler sends after its own close', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, async () => {
      void session.close(new CloseReason(4000))
      await session.send('too late')
    })
    peer.send('88 82 00000000 0fa0')
    expect(await ran).toBeUndefined()
  })

  it('takes what the handler throws for a failure, also when the session has ended before', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, async () => {
      await drain(session)
      throw new Error('of its own')
    })
    peer.end()
    await expect(ran).rejects.toThrow('of its own')
  })

  it('takes what the handler throws for a failure, also when it has begun the close itself', async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, () => {
      void session.close(new CloseReason(4000))
      throw new Error('of its own')
    })
    const rejected = expect(ran).rejects.toThrow('of its own')
    peer.send('88 82 00000000 0fa0')
    await rejected
    expect(session.closeRecord?.local?.code).toBe(4000)
  })

  it('takes the end of another session for the failure that it is', async () => {
    const other = oneRig()
    other.session.terminate()
    const { session, peer } = oneRig()
    const ran = runs(session, () => other.session.send('a'))
    const rejected = expect(ran).rejects.toThrow('the connection is closed')
    await settled()
    peer.send(CLOSE_1011)
    await rejected
    expect(session.closeRecord?.local?.code).toBe(1011)
  })

  it('drops what the handler has not received, so that the answer to the close gets through', async () => {
    const { session, peer } = oneRig({ channels: { incoming: { capacity: 1 } } })
    for (let i = 0; i < 10; i++) {
      peer.send(encodeWire({ opcode: 2, payload: 'x', key: new Uint8Array(4) }))
    }
    expect(peer.waiting).toBeGreaterThan(0)
    const ran = runs(session, () => {})
    await settled()
    peer.send(CLOSE_1000)
    expect(await ran).toBeUndefined()
    expect(session.closeRecord?.clean).toBe(true)
  })

  it(`says the reason that the handler gave to close, not its own (${name})`, async () => {
    const { session, peer } = oneRig()
    const ran = runs(session, () => {
      void session.close(new CloseReason(4000))
    })
    peer.send('88 82 00000000 0fa0')
    await ran
    expect(session.closeRecord?.local).toEqual(new CloseReason(4000))
  })
})
