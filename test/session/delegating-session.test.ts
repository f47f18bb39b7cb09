import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { json } from '../../src/format/json.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'
import type { ReceiveChannel } from '../../src/session/channel/channel.ts'
import { DelegatingClientWebSocketSession } from '../../src/session/client/client-session.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import {
  DelegatingDefaultWebSocketSession,
  DelegatingWebSocketSession,
} from '../../src/session/delegating-session.ts'
import { run } from '../../src/session/run.ts'
import type { ClientCall } from '../../src/session/session.ts'
import { requestFor } from '../lens/requests.ts'
import { hex } from '../support/hex.ts'
import { arrived, sessionRig } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'

const CLOSE_1000 = '88 82 00000000 03e8'

describe('a session that delegates', () => {
  it('is the session below in all that it does', async () => {
    const { session, peer } = sessionRig()
    const view = new DelegatingWebSocketSession(session)
    expect(view.delegate).toBe(session)
    expect([view.incoming, view.outgoing, view.signal, view.extensions]).toEqual([
      session.incoming,
      session.outgoing,
      session.signal,
      [],
    ])
    view.maxFrameSize = 10
    expect([session.maxFrameSize, view.maxFrameSize]).toEqual([10, 10])
    await view.send('a')
    await view.flush()
    peer.send('81 81 00000000 62')
    expect(arrived(view.incoming)).toEqual(['text b'])
    expect(view.closeRecord).toBeUndefined()
    const closed = view.close(new CloseReason(4000))
    expect(peer.received()).toBe(hex('81 01 61  88 02 0fa0'))
    peer.send('88 82 00000000 0fa0')
    expect(await closed).toBe(session.closeRecord)
    expect(view.closeRecord).toBe(await view.closed)
    expect((await view.closeReason).code).toBe(4000)
    view.terminate()
    await view[Symbol.asyncDispose]()
  })

  it('is changed by overriding a part, which disposing and handlers see, too', async () => {
    class Polite extends DelegatingDefaultWebSocketSession {
      override send(content: string | Uint8Array | Frame): Promise<void> {
        return super.send(typeof content === 'string' ? `${content}, please` : content)
      }

      override async close(reason?: CloseReason): Promise<CloseRecord> {
        await this.send('bye')
        return await super.close(reason)
      }
    }
    const { session, peer } = sessionRig({ contentConverter: converterOf(json) })
    const polite = new Polite(session)
    const ran = run(polite, async (own) => {
      await own.send('tea')
    })
    await settled()
    expect(
      peer
        .frames()
        .map(({ payload }) => new TextDecoder().decode(payload))
        .slice(0, 2),
    ).toEqual(['tea, please', 'bye, please'])
    peer.send(CLOSE_1000)
    await ran
  })

  it('of the default kind has its pings and values, too', async () => {
    const { session, peer } = sessionRig({ contentConverter: converterOf(json) })
    const view = new DelegatingDefaultWebSocketSession(session)
    view.pingInterval = 1000
    view.pongTimeout = 500
    expect([view.pingInterval, session.pingInterval, view.pongTimeout]).toEqual([1000, 1000, 500])
    await view.sendSerialized(1)
    expect(peer.received()).toBe(hex('81 01 31'))
    peer.send('81 81 00000000 32 81 81 00000000 33')
    expect(await view.receiveDeserialized()).toBe(2)
    await expect(view.receiveDeserialized(z.string())).rejects.toThrow('does not fit its schema')
    view.terminate()
    expect(session.closeRecord?.reason.code).toBe(1006)
  })

  it('sends and receives values by what it has overridden, however deep the session is that converts', async () => {
    const { session, peer } = sessionRig({ contentConverter: converterOf(json) })
    const seen: string[] = []
    class Noting extends DelegatingDefaultWebSocketSession {
      override send(content: string | Uint8Array | Frame): Promise<void> {
        seen.push(`sent ${String(content)}`)
        return super.send(content)
      }

      override get incoming(): ReceiveChannel<Frame> {
        seen.push('received')
        return super.incoming
      }
    }
    const outer = new DelegatingDefaultWebSocketSession(new Noting(session))
    const view = new DelegatingDefaultWebSocketSession(outer)
    await new Noting(session).sendSerialized(1)
    await view.sendSerialized(2)
    expect(peer.received()).toBe(hex('81 01 31 81 01 32'))
    peer.send('81 81 00000000 33')
    expect(await view.receiveDeserialized(z.number())).toBe(3)
    expect(seen).toEqual(['sent 1', 'sent 2', 'received'])
    session.terminate()
  })

  it('of a client has the call that it was given', () => {
    const { session } = sessionRig()
    const call: ClientCall = {
      request: requestFor(),
      response: { status: 101, headers: new Headers() },
    }
    const view = new DelegatingClientWebSocketSession(session, call)
    expect(view.call).toBe(call)
    expect(view.delegate).toBe(session)
    session.terminate()
  })
})
