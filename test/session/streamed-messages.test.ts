import { describe, expect, it } from 'vitest'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { DelegatingDefaultWebSocketSession } from '../../src/session/delegating-session.ts'
import type { DefaultWebSocketSession } from '../../src/session/session.ts'
import { type StreamedMessage, streamedMessages } from '../../src/session/streamed-messages.ts'
import { turn } from '../../src/testing/clock/in-time.ts'
import { FakeSocket } from '../lens/fake-peers.ts'
import { hex } from '../support/hex.ts'
import { sessionRig } from '../support/session-rig.ts'
import type { RigOptions } from '../support/socket-rig.ts'

const FRAGMENTS: RigOptions = { mode: 'fragments' }
const CLOSE_1000 = '88 82 00000000 03e8'

function streaming(socketOptions: RigOptions = {}): ReturnType<typeof sessionRig> {
  return sessionRig({ fragments: true }, { ...FRAGMENTS, ...socketOptions })
}

/** What is in a message, as one line; ends with the name of an error if there was one. */
async function contentOf(message: StreamedMessage): Promise<string> {
  const chunks: string[] = [message.type]
  try {
    for await (const chunk of message) chunks.push(typeof chunk === 'string' ? chunk : hex(chunk))
  } catch (error) {
    chunks.push(error instanceof Error ? error.name : String(error))
  }
  return chunks.join(' ')
}

/** A line for each message, written as it comes, and for the end. */
function reading(
  session: DefaultWebSocketSession,
  content: (message: StreamedMessage) => unknown = contentOf,
): unknown[] {
  const lines: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const message of streamedMessages(session)) lines.push(await content(message))
  }
  void read().then(
    () => lines.push('end'),
    (error: Error) => lines.push(error.name),
  )
  return lines
}

describe('a message of a session', () => {
  it('is read as it comes, with whatever is between', async () => {
    const { session, peer } = streaming()
    const chunks: unknown[] = []
    const lines = reading(session, async (message) => {
      for await (const chunk of message) chunks.push(chunk)
      return message.type
    })
    peer.send('02 81 00000000 01')
    await turn()
    expect(chunks).toEqual([Uint8Array.of(1)])
    peer.send('89 80 00000000  00 80 00000000  00 81 00000000 02')
    await turn()
    expect(chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
    expect(peer.received()).toBe(hex('8a 00'))
    expect(lines).toEqual([])
    peer.send('80 81 00000000 03  81 81 00000000 61  82 80 00000000')
    await turn()
    expect(chunks.slice(2)).toEqual([Uint8Array.of(3), 'a'])
    expect(lines).toEqual(['binary', 'text', 'binary'])
    peer.send(CLOSE_1000)
    await turn()
    expect(lines.at(-1)).toBe('end')
  })

  it('has text in strings that end between characters, byte order marks kept', async () => {
    const { session, peer } = streaming()
    const lines = reading(session)
    peer.send('01 84 00000000 efbbbf61  00 81 00000000 e2  00 81 00000000 82  80 82 00000000 ac62')
    peer.send('01 82 00000000 f09f  80 82 00000000 9880')
    await turn()
    expect(lines).toEqual(['text \ufeffa €b', 'text 😀'])
  })

  it('comes whole in a session without the option, on any runtime', async () => {
    const { session, peer } = sessionRig({ controlFrames: true })
    const lines = reading(session)
    peer.send('01 81 00000000 61  89 80 00000000  80 81 00000000 62  82 81 00000000 01')
    await turn()
    expect(lines).toEqual(['text ab', 'binary 01'])
  })

  it('is not streamed by a socket that was not accepted for it, or has no frames', () => {
    expect(() => sessionRig({ fragments: true })).toThrow('accepted for messages')
    const plain = new FakeSocket()
    expect(() => new DefaultWebSocketSessionImpl(plain, { fragments: true })).toThrow(
      'this runtime has no frames: leave out fragments',
    )
  })

  it('is dropped where it is not read, and where its loop is left', async () => {
    const { session, peer } = streaming()
    const lines = reading(session, async (message) => {
      for await (const chunk of message) if (chunk !== 'whole') return 'left'
      return 'whole'
    })
    peer.send('02 81 00000000 01  00 81 00000000 02')
    await turn()
    peer.send('80 81 00000000 03  81 85 00000000 77686f6c65')
    await turn()
    expect(lines).toEqual(['left', 'whole'])

    const other = streaming()
    const unread = reading(other.session, (message) => message.type)
    other.peer.send('01 81 00000000 61  00 81 00000000 62')
    await turn()
    expect(unread).toEqual(['text'])
    other.peer.send('80 80 00000000  82 80 00000000')
    await turn()
    expect(unread).toEqual(['text', 'binary'])
    other.peer.send('01 81 00000000 61')
    other.peer.end()
    await turn()
    expect(unread).toEqual(['text', 'binary', 'text', 'end'])
  })

  it.each([
    ['a Close', CLOSE_1000, 'WebSocketClosedException'],
    ['a violation', '81 80 00000000', 'WebSocketProtocolException'],
    ['too many bytes', '80 ff 0000000000200000 00000000', 'FrameTooBigException'],
  ])('rejects when %s comes within it, after what came before', async (_, end, name) => {
    const { session, peer } = streaming()
    const lines = reading(session)
    peer.send(`02 81 00000000 01  ${end}`)
    await turn()
    expect(lines[0]).toBe(`binary 01 ${name}`)
    expect(lines[1]).toBe(name === 'WebSocketClosedException' ? 'end' : name)
  })

  it('rejects when the connection is lost within it, and when incoming is cancelled', async () => {
    const lost = streaming()
    const lines = reading(lost.session)
    lost.peer.send('02 81 00000000 01')
    lost.peer.end()
    await turn()
    expect(lines).toEqual(['binary 01 WebSocketClosedException', 'end'])
    const cancelled = streaming()
    const dropped = reading(cancelled.session)
    cancelled.peer.send('02 81 00000000 01')
    await turn()
    cancelled.session.incoming.cancel()
    await turn()
    expect(dropped).toEqual(['binary 01 WebSocketException', 'end'])
  })

  it('rejects for whoever still reads it once the next one is asked for, and is read only once', async () => {
    const { session, peer } = streaming()
    const background: Promise<string>[] = []
    const messages: StreamedMessage[] = []
    const lines = reading(session, (message) => {
      messages.push(message)
      background.push(contentOf(message))
      return message.type
    })
    peer.send('02 81 00000000 01')
    await turn()
    peer.send('00 81 00000000 02  80 81 00000000 03  82 81 00000000 04')
    await turn()
    expect(lines).toEqual(['binary', 'binary'])
    await expect(Promise.all(background)).resolves.toEqual(['binary 01 TypeError', 'binary 04'])
    expect(() => messages[1]![Symbol.asyncIterator]()).toThrow('only once')
  })

  it('that a loop was left within is not the first of the next loop', async () => {
    const { session, peer } = streaming()
    const delegating = new DelegatingDefaultWebSocketSession(session)
    peer.send('02 81 00000000 01  00 81 00000000 02')
    for await (const message of streamedMessages(session)) {
      expect(message.type).toBe('binary')
      break
    }
    const lines = reading(delegating)
    peer.send('80 81 00000000 03  81 81 00000000 61')
    await turn()
    expect(lines).toEqual(['text a'])
  })

  it('is for one loop at a time: while it waits, others are refused, and it gets all of it', async () => {
    const { session, peer } = streaming()
    const lines = [
      reading(session),
      reading(new DelegatingDefaultWebSocketSession(session)),
      reading(session),
    ]
    await turn()
    expect(lines).toEqual([[], ['TypeError'], ['TypeError']])
    peer.send('02 81 00000000 01  00 81 00000000 02  80 81 00000000 03  82 81 00000000 04')
    await turn()
    expect(lines[0]).toEqual(['binary 01 02 03', 'binary 04'])
  })
})

describe('a peer that sends more than is read', () => {
  it('has to wait, within a message and within a frame', async () => {
    const options = { channels: { incoming: { bytes: 1000 } }, fragments: true }
    const { session, peer } = sessionRig(options, FRAGMENTS)
    const messages = streamedMessages(session)
    peer.send('02 ff 0000000000100000 00000000')
    const chunk = new Uint8Array(500)
    for (let i = 0; i < 2000; i++) peer.send(chunk)
    const { value: message } = await messages.next()
    expect(peer.waiting).toBe(2000 * 500 - 5 * 500)
    let read = 0
    for await (const bytes of message!) {
      read += bytes.length
      if (read === 1_000_000) break
    }
    expect(peer.waiting).toBe(0)
  })
})
