import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { DelegatingDefaultWebSocketSession } from '../../src/session/delegating-session.ts'
import { type ChunkSource, sendStream } from '../../src/session/send-stream.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { topic } from '../../src/topics/topics.ts'
import { bytes, hex } from '../support/hex.ts'
import { rawRig, sessionRig, stateOf } from '../support/session-rig.ts'

type Chunk = string | Uint8Array

/** A source that gives what it is told to, when it is told to. */
function tap(): {
  readonly source: AsyncIterable<Chunk>
  give(chunk: Chunk): void
  end(): void
  fail(error: unknown): void
  readonly log: string[]
} {
  const log: string[] = []
  let controller!: ReadableStreamDefaultController<Chunk>
  const source = new ReadableStream<Chunk>(
    {
      start: (given) => {
        controller = given
      },
      pull: () => void log.push('asked'),
      cancel: () => void log.push('left'),
    },
    { highWaterMark: 0 },
  )
  return {
    source,
    log,
    give: (chunk) => controller.enqueue(chunk),
    end: () => controller.close(),
    fail: (error) => controller.error(error),
  }
}

describe('a message that is sent as a stream', () => {
  it('is a fragment for each chunk, and an empty one at the end', async () => {
    const { session, peer } = sessionRig()
    await sendStream(session, [bytes('01'), new Uint8Array(), bytes('02 03')])
    expect(peer.received()).toBe(hex('02 01 01  00 02 0203  80 00'))
    await sendStream(session, ['a', '', 'bc'])
    expect(peer.received()).toBe(hex('01 01 61  00 02 6263  80 00'))
    await sendStream(session, [])
    expect(peer.received()).toBe(hex('82 00'))
    await session.send('d')
    expect(peer.received()).toBe(hex('81 01 64'))
  })

  it('may be cut within a pair of surrogates', async () => {
    const { session, peer } = sessionRig()
    await sendStream(session, ['a\ud83d', '\ude00', '\ud83d'])
    expect(peer.received()).toBe(hex('01 01 61  00 04 f09f9880  80 03 efbfbd'))
  })

  it('goes out as it is made, from any session', async () => {
    const { session, peer } = rawRig()
    const { source, give, end, log } = tap()
    const sent = sendStream(session, source)
    await turn()
    expect(log).toEqual(['asked'])
    give('a')
    await turn()
    expect(peer.received()).toBe(hex('01 01 61'))
    expect(log).toEqual(['asked', 'asked'])
    end()
    await sent
    expect(peer.received()).toBe(hex('80 00'))
    const one = sessionRig()
    await sendStream(new DelegatingDefaultWebSocketSession(one.session), ['a'])
    expect(one.peer.received()).toBe(hex('01 01 61  80 00'))
  })

  it('asks for no more than the peer takes', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    let made = 0
    function* source(): Generator<Uint8Array> {
      for (; made < 100; made++) yield new Uint8Array(32_768)
    }
    const sent = sendStream(session, source())
    await turn()
    expect(made).toBe(1)
    peer.read()
    await sent
    expect(made).toBe(100)
  })

  it('may reuse the memory of a chunk for the next one', async () => {
    const { session, peer } = sessionRig()
    function* source(): Generator<Uint8Array> {
      const chunk = new Uint8Array(70_000)
      for (let i = 0; i < 3; i++) yield chunk.fill(i)
    }
    await sendStream(session, source())
    const frames = peer.frames()
    expect(frames.map(({ payload }) => [payload.at(0), payload.at(-1)])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [undefined, undefined],
    ])
  })
})

describe('while a message is sent as a stream', () => {
  it('what else is sent waits its turn, and control frames do not', async () => {
    const { session, peer } = sessionRig()
    const news = topic()
    news.subscribe(session)
    const { source, give, end } = tap()
    const sent = sendStream(session, source)
    await turn()
    give('a')
    await turn()
    const text = session.send('b')
    const fragment = session.send(new Frame.Binary(bytes('01')))
    const next = sendStream(session, ['c'])
    expect(news.publish('d')).toBe(1)
    expect(session.outgoing.trySend(new Frame.Text('no'))).toBe(false)
    await session.send(new Frame.Ping())
    peer.send('89 81 00000000 70')
    expect(await stateOf(text)).toBe('pending')
    expect(peer.received()).toBe(hex('01 01 61  89 00  8a 01 70'))
    end()
    await Promise.all([sent, text, fragment, next])
    await turn()
    expect(peer.received()).toBe(hex('80 00  81 01 62  82 01 01  01 01 63  80 00  81 01 64'))
  })

  it('flush resolves, and closing gives it up with all that waits behind it', async () => {
    const { session, peer } = sessionRig()
    const { source, give, log } = tap()
    const sent = sendStream(session, source)
    give('a')
    await turn()
    await session.flush()
    const behind = [session.send('b'), sendStream(session, ['c'])]
    const closing = session.close(new CloseReason(4000, ''))
    expect(peer.received()).toBe(hex('01 01 61  88 02 0fa0'))
    peer.send('88 82 00000000 0fa0')
    await closing
    for (const waiting of [...behind, sent]) {
      await expect(waiting).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    }
    give('late')
    await turn()
    expect(log.at(-1)).toBe('left')
  })

  it('the end of the session gives it up, whatever it waits for', async () => {
    const lost = sessionRig()
    const { source, give, log } = tap()
    const waiting = sendStream(lost.session, source)
    give('a')
    await turn()
    lost.peer.end()
    await expect(waiting).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    give('late')
    await turn()
    expect(log.at(-1)).toBe('left')

    const slow = sessionRig()
    slow.peer.stall()
    const blocked = sendStream(slow.session, [new Uint8Array(70_000), new Uint8Array(70_000)])
    await turn()
    slow.session.terminate()
    await expect(blocked).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    await expect(sendStream(slow.session, ['a'])).rejects.toMatchObject({
      name: 'WebSocketClosedException',
    })
  })
})

describe('a message that fails', () => {
  it('raises no unhandled rejection if nobody awaits it', async () => {
    const { session, peer } = sessionRig()
    void sendStream(session, tap().source)
    peer.end()
    await turn()
    await expect(session.closed).resolves.toMatchObject({ clean: false })
  })

  const broken = new Error('the disk is gone')

  it('before it has begun leaves the session open', async () => {
    const { session, peer } = sessionRig()
    const { source, fail } = tap()
    const sent = sendStream(session, source)
    const behind = session.send('a')
    fail(broken)
    await expect(sent).rejects.toBe(broken)
    await behind
    expect(peer.received()).toBe(hex('81 01 61'))
  })

  const internalError = '88 10 03f3 496e7465726e616c206572726f72'

  it.each([
    ['an error', broken, internalError],
    ['nothing', undefined, internalError],
    ['a reason', new CloseReason(4001, ''), '88 02 0fa1'],
    ['a reason that cannot be sent', new CloseReason(1006, ''), internalError],
  ])('after that closes the session, with 1011 or with the reason: %s', async (_, error, close) => {
    const { session, peer } = sessionRig()
    const { source, give, fail } = tap()
    const sent = sendStream(session, source)
    give('a')
    await turn()
    const behind = session.send('b')
    fail(error)
    await expect(sent).rejects.toBe(error)
    await expect(behind).rejects.toThrow('the session is closing')
    expect(peer.received()).toBe(hex(`01 01 61  ${close}`))
  })

  it('after that closes the session, even if leaving the source throws', async () => {
    const { session, peer } = sessionRig()
    const source: Iterable<unknown> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: peer.received() === '' ? 'a' : 1 }),
        return: () => {
          throw broken
        },
      }),
    }
    const sent = sendStream(session, source as ChunkSource)
    await expect(sent).rejects.toThrow('a chunk of a message is text or bytes')
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  it('while it waits for its turn is that of a stream of Node, which is left at the end', async () => {
    const { session, peer } = sessionRig()
    const { source, give } = tap()
    const first = sendStream(session, source)
    give('a')
    await turn()
    const missing = new Readable({ construct: (opened) => opened(broken) })
    await expect(sendStream(session, missing)).rejects.toBe(broken)
    const late = new Readable({ read: () => void late.push('b') })
    const waiting = sendStream(session, late)
    peer.end()
    await new Promise((left) => late.once('close', left))
    for (const sent of [first, waiting]) {
      await expect(sent).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    }
    const unread = new Readable({ read: () => void unread.push('c') })
    await expect(sendStream(session, unread)).rejects.toThrow('the connection is closed')
    await new Promise((left) => unread.once('close', left))
  })

  it('once its last fragment has been written closes nothing, and gives up nothing behind it', async () => {
    const { session, peer } = sessionRig({}, { highWaterMark: 3 })
    peer.stall()
    const stop = new AbortController()
    const sent = sendStream(session, ['a'], { signal: stop.signal })
    const behind = session.send('b')
    await turn()
    stop.abort(broken)
    await expect(sent).rejects.toBe(broken)
    expect(session.outgoing.isClosedForSend).toBe(false)
    void session.close()
    peer.read()
    await behind
    expect(peer.received()).toBe(hex('01 01 61  80 00  81 01 62  88 02 03e8'))
  })

  it('is given up by a signal, even while it waits for its turn or for the peer', async () => {
    const { session, peer } = sessionRig()
    const first = tap()
    const sent = sendStream(session, first.source)
    first.give('a')
    await turn()
    const waiting = new AbortController()
    const second = tap()
    const given = sendStream(session, second.source, { signal: waiting.signal })
    const behind = session.send('c')
    waiting.abort(broken)
    await expect(given).rejects.toBe(broken)
    await expect(
      sendStream(session, tap().source, { signal: AbortSignal.abort(broken) }),
    ).rejects.toBe(broken)
    first.end()
    await Promise.all([sent, behind])
    expect(peer.received()).toBe(hex('01 01 61  80 00  81 01 63'))

    peer.stall()
    const stop = new AbortController()
    const blocked = sendStream(session, [new Uint8Array(70_000), 'never'], { signal: stop.signal })
    await turn()
    stop.abort(broken)
    await expect(blocked).rejects.toBe(broken)
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  it('drops its first chunk if that has not gone out, and the session goes on', async () => {
    const { session, peer } = sessionRig({
      channels: { outgoing: { capacity: 1, onOverflow: 'close' } },
    })
    peer.stall()
    void session.send(new Uint8Array(70_000))
    const stop = new AbortController()
    const given = sendStream(session, [new Uint8Array(70_000)], { signal: stop.signal })
    await turn()
    stop.abort(broken)
    await expect(given).rejects.toBe(broken)
    const sent = session.send('a')
    peer.read()
    await sent
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 1])
  })

  it.each([
    ['text', 'abc', 'sendStream() takes an iterable of text or of bytes'],
    ['bytes', bytes('01'), 'a chunk of a message is text or bytes'],
    ['nothing', undefined, 'sendStream() takes an iterable of text or of bytes'],
  ])('is not made of %s', async (_, source, message) => {
    const { session, peer } = sessionRig()
    await expect(sendStream(session, source as never as ChunkSource)).rejects.toThrow(message)
    expect(peer.received()).toBe('')
  })

  it('has chunks of one kind, and options that there are', async () => {
    const { session } = sessionRig()
    await expect(sendStream(session, ['a', bytes('01')])).rejects.toThrow(
      'all chunks of a message have to be text, or bytes',
    )
    expect(session.outgoing.isClosedForSend).toBe(true)
    const options = { Signal: undefined } as object
    await expect(sendStream(session, [], options)).rejects.toThrow('has no option Signal')
  })

  it('on a runtime that sends whole messages only is refused, and the session goes on', async () => {
    const sent: unknown[] = []
    const { socket } = sessionRig()
    const plain = new Proxy(socket, {
      get: (target, name) => {
        if (name === 'link') return { extensions: [] }
        if (name === 'send') return (message: unknown) => sent.push(message) > 0
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const session: WebSocketSession = new DefaultWebSocketSessionImpl(plain)
    await expect(sendStream(session, ['a'])).rejects.toMatchObject({
      name: 'NotSupportedException',
    })
    await session.send('b')
    expect(sent).toHaveLength(1)
  })
})
