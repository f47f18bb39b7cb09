import { afterEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../../src/lens/lens-failure.ts'
import { Message } from '../../../src/lens/message.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import type { ReceiveChannel } from '../../../src/session/channel/channel.ts'
import { DelegatingDefaultWebSocketSession } from '../../../src/session/delegating-session.ts'
import { typed } from '../../../src/session/typed/typed.ts'
import { clientOf } from '../../../src/websocket/client/client.ts'
import { FakeSocket } from '../../lens/fake-peers.ts'
import { hex } from '../../support/hex.ts'
import { OwnChannel } from '../../support/own-channel.ts'
import { sessionRig, stateOf } from '../../support/session-rig.ts'
import { settled } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

const move = Message.json(z.object({ to: z.string() }))
const lenses = { receive: move, send: Message.json(z.number()) }

function typedRig(options = {}) {
  const rig = sessionRig(options)
  const say = (opcode: number, payload: string): void =>
    rig.peer.send(encodeWire({ opcode, payload, key: new Uint8Array(4) }))
  return { ...rig, say, view: typed(rig.session, lenses) }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a typed session', () => {
  it('receives values in a loop, and sends values', async () => {
    const { view, peer, say } = typedRig()
    say(1, '{"to":"a"}')
    say(2, '{"to":"b"}')
    peer.send('88 82 00000000 03e8')
    const seen: string[] = []
    for await (const { to } of view.incoming) seen.push(to)
    expect(seen).toEqual(['a', 'b'])
    const second = typedRig()
    await second.view.send(42)
    expect(second.peer.received()).toBe(hex('81 02 3432'))
  })

  it('may only receive', async () => {
    const { session, peer, say } = typedRig()
    const view = typed(session, { receive: move })
    say(1, '{"to":"a"}')
    expect(await view.incoming.receive()).toEqual({ to: 'a' })
    await expect(view.send('text' as never)).rejects.toThrow('typed was given no lens to send')
    expect(peer.received()).toBe('')
  })

  it('receives one by one', async () => {
    const { view, say } = typedRig()
    say(1, '{"to":"a"}')
    say(1, '{"to":"b"}')
    expect(await view.incoming.receive()).toEqual({ to: 'a' })
    expect(view.incoming.tryReceive()).toEqual({ to: 'b' })
    expect(view.incoming.tryReceive()).toBeUndefined()
    expect(view.incoming.isClosedForReceive).toBe(false)
    view.incoming.cancel()
    expect(view.incoming.isClosedForReceive).toBe(true)
  })

  it('makes no frames of text, and sends with what the session has for that', async () => {
    const made = vi.spyOn(Frame.Text, 'received')
    const sent: unknown[] = []
    class Noting extends DelegatingDefaultWebSocketSession {
      override send(content: string | Uint8Array | Frame): Promise<void> {
        sent.push(content)
        return super.send(content)
      }
    }
    const { session, peer, say } = typedRig()
    const view = typed(new Noting(session), { receive: Message.text(), send: Message.text() })
    const loop = (async () => {
      for await (const text of view.incoming) await view.send(text)
    })()
    say(1, 'a')
    say(1, 'b')
    await settled()
    peer.send('88 82 00000000 03e8')
    await loop
    expect(sent).toEqual(['a', 'b'])
    expect(made).not.toHaveBeenCalled()
  })

  it('leaves the frames of a session with channels of its own when its loop is left', async () => {
    const { session, say } = typedRig()
    const { incoming } = session
    class Wrapping extends DelegatingDefaultWebSocketSession {
      override get incoming(): ReceiveChannel<Frame> {
        return {
          receive: (options) => incoming.receive(options),
          tryReceive: () => incoming.tryReceive(),
          isClosedForReceive: false,
          cancel: () => incoming.cancel(),
          [Symbol.asyncIterator]: () => incoming[Symbol.asyncIterator](),
        }
      }
    }
    const view = typed(new Wrapping(session), lenses)
    const iterator = view.incoming[Symbol.asyncIterator]()
    const next = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
    say(1, '{"to":"a"}')
    expect(view.incoming.tryReceive()).toEqual({ to: 'a' })
  })

  it('rejects with a LensFailure for what is no value; the next one may follow', async () => {
    const { view, say } = typedRig()
    say(1, '{"to":1}')
    say(1, '{"to":"b"}')
    say(1, '{')
    await expect(async () => {
      for await (const value of view.incoming) expect(value).toBeUndefined()
    }).rejects.toThrow(LensFailure)
    for await (const value of view.incoming) {
      expect(value).toEqual({ to: 'b' })
      break
    }
    await expect(view.incoming.receive()).rejects.toThrow(LensFailure)
  })

  it('tells it to a loop that waits, too', async () => {
    const { view, say } = typedRig()
    const next = view.incoming[Symbol.asyncIterator]().next()
    await settled()
    say(1, '{"to":1}')
    await expect(next).rejects.toThrow(LensFailure)
  })

  it('sends nothing for a value that the lens refuses, without an unhandled rejection', async () => {
    const { view, peer } = typedRig()
    void view.send(Number.NaN)
    expect(await stateOf(view.send(Number.NaN))).toBe('rejected: LensFailure')
    expect(peer.received()).toBe('')
  })

  it('ends as the session below does', async () => {
    const { view, session, peer } = typedRig()
    expect(view.session).toBe(session)
    const closed = view.close(new CloseReason(4000))
    peer.send('88 82 00000000 0fa0')
    expect(await closed).toBe(await view.closed)
    expect(await stateOf(view.send(1))).toBe('rejected: WebSocketClosedException')
  })

  it('is disposed of with the session below', async () => {
    const { view, peer } = typedRig()
    const disposed = Promise.resolve(view[Symbol.asyncDispose]())
    expect(peer.received()).toBe(hex('88 02 03e8'))
    expect(await stateOf(disposed)).toBe('pending')
    peer.send('88 82 00000000 03e8')
    await disposed
  })

  it('reads any channel, and sends values in their mode', async () => {
    class Wrapped extends DelegatingDefaultWebSocketSession {
      override get incoming(): ReceiveChannel<Frame> {
        const { incoming } = this.delegate
        return {
          isClosedForReceive: false,
          receive: () => incoming.receive(),
          tryReceive: () => incoming.tryReceive(),
          cancel() {},
          [Symbol.asyncIterator]: () => incoming[Symbol.asyncIterator](),
        }
      }
    }
    const { session, peer, say } = typedRig()
    const bytesOnly = { receive: Message.binary(), send: Message.binary() }
    const view = typed(new Wrapped(session), bytesOnly)
    for (const content of 'abc') say(2, content)
    const seen: string[] = []
    for await (const content of view.incoming) {
      seen.push(hex(content))
      if (seen.length === 2) break
    }
    peer.send('88 82 00000000 03e8')
    for await (const content of view.incoming) seen.push(hex(content))
    expect(seen).toEqual(['61', '62', '63'])
    const second = typedRig()
    await typed(second.session, bytesOnly).send(Uint8Array.of(0xff))
    expect(second.peer.received()).toBe(hex('82 01 ff'))
  })

  it('has no values for fragments, whose bytes could be those of another value', () => {
    const { session } = sessionRig({ fragments: true }, { mode: 'fragments' })
    for (const each of [session, new DelegatingDefaultWebSocketSession(session)]) {
      expect(() => typed(each, lenses)).toThrow(
        new TypeError('a fragment is no message: leave out the option fragments'),
      )
    }
  })

  it('has none for those of a session with a channel of its own, either', async () => {
    const { session, peer } = sessionRig({ fragments: true }, { mode: 'fragments' })
    const view = typed(new OwnChannel(session), lenses)
    peer.send('01 81 00000000 31 80 81 00000000 32')
    await expect(view.incoming.receive()).rejects.toThrow(
      new TypeError('a fragment is no message: leave out the option fragments'),
    )
  })

  it('has no values for control frames', async () => {
    const { view, peer } = typedRig({ controlFrames: true })
    peer.send('89 80 00000000')
    await expect(view.incoming.receive()).rejects.toThrow(
      'a ping frame holds no value: a typed session goes without the option controlFrames',
    )
  })
})

describe('typed', () => {
  it('takes sockets and clients as well', () => {
    const socket = new FakeSocket()
    const seen: string[] = []
    typed(socket, lenses).onMessage(({ to }) => seen.push(to))
    socket.receive('{"to":"a"}')
    expect(seen).toEqual(['a'])
    const other = new FakeSocket()
    typed(clientOf(other), lenses).send(1)
    expect(other.sent.map((message) => message.text())).toEqual(['1'])
  })
})
