import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { type WebStreams, webStreams } from '../../src/session/web-streams.ts'
import { expectClosed, expectMessages, testWsClient } from '../../src/testing/index.ts'
import { hex } from '../support/hex.ts'
import { OwnChannel } from '../support/own-channel.ts'
import { sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

const TEXT_A = '81 81 00000000 61'
const BINARY_01 = '82 81 00000000 01'
const PING = '89 80 00000000'
const CLOSE_1000 = '88 82 00000000 03e8'
const CLOSE_4001 = '88 82 00000000 0fa1'

function streamed(
  ...options: Parameters<typeof sessionRig>
): ReturnType<typeof sessionRig> & WebStreams {
  const one = sessionRig(...options)
  return { ...one, ...webStreams(one.session) }
}

async function read(readable: WebStreams['readable']): Promise<unknown[]> {
  const chunks: unknown[] = []
  try {
    for await (const chunk of readable) chunks.push(chunk)
  } catch (error) {
    chunks.push(error instanceof Error ? error.name : error)
  }
  return chunks
}

describe('the streams of a session', () => {
  it('have a chunk for each message, text as strings and binary as bytes', async () => {
    const { readable, writable, peer } = streamed()
    peer.send(`${TEXT_A} ${BINARY_01} 81 80 00000000 ${CLOSE_1000}`)
    const writer = writable.getWriter()
    await expect(read(readable)).resolves.toEqual(['a', Uint8Array.of(1), ''])
    await expect(writer.write('late')).rejects.toMatchObject({ name: 'WebSocketClosedException' })

    const other = streamed()
    const typing = other.writable.getWriter()
    await typing.write('a')
    await typing.write(Uint8Array.of(1))
    expect(other.peer.received()).toBe(hex('81 01 61 82 01 01'))
  })

  it('can be piped, through others as well, and the session ends with them', async () => {
    const shouting = webSocket('/shout', async (session) => {
      const { readable, writable } = webStreams(session)
      const shout = new TransformStream<string | Uint8Array, string>({
        transform(chunk, controller) {
          if (chunk === 'bye') controller.terminate()
          else controller.enqueue(String(chunk).toUpperCase())
        },
      })
      await readable.pipeThrough(shout).pipeTo(writable)
    })
    const errors: Error[] = []
    const webSockets = { onError: (error: Error): void => void errors.push(error) }
    const app = websockets(shouting)
    const client = testWsClient(app, '/shout', { webSockets })
    client.send('hello')
    client.send('you')
    await expectMessages(client, ['HELLO', 'YOU'])
    client.send('bye')
    await expectClosed(client, 1000)

    const leaving = testWsClient(app, '/shout', { webSockets })
    leaving.close()
    await expectClosed(leaving, 1000)
    const gone = testWsClient(app, '/shout', { webSockets })
    gone.terminate()
    await settled()
    expect(errors).toEqual([])
  })

  it('leave out control frames, of which a session may have copies', async () => {
    const { readable, peer } = streamed({ controlFrames: true })
    peer.send(`${PING} ${TEXT_A} ${CLOSE_1000}`)
    expect(await read(readable)).toEqual(['a'])
  })

  it('refuse a chunk that is neither text nor bytes; the session stays open', async () => {
    const { session, writable } = streamed()
    const chunk: string = Object(7)
    await expect(writable.getWriter().write(chunk)).rejects.toThrow(TypeError)
    expect(session.outgoing.isClosedForSend).toBe(false)
  })
})

describe('the readable stream of a session', () => {
  it('errors when the connection is lost, after what came before', async () => {
    const { readable, peer } = streamed()
    peer.send(TEXT_A)
    peer.end()
    expect(await read(readable)).toEqual(['a', 'WebSocketClosedException'])
  })

  it('errors when the peer says that it has failed, after what came before', async () => {
    const { readable, peer } = streamed()
    peer.send(`${TEXT_A} ${CLOSE_4001}`)
    expect(await read(readable)).toEqual(['a', 'WebSocketClosedException'])
  })

  it('errors with what made the session fail', async () => {
    const { readable, peer } = streamed({}, { limits: { maxMessageSize: 1 } })
    peer.send(`${TEXT_A} 81 82 00000000 6161 ${CLOSE_1000}`)
    expect(await read(readable)).toEqual(['a', 'FrameTooBigException'])
  })

  it('ends when this side has closed and the peer has answered', async () => {
    const { readable, session, peer } = streamed()
    void session.close()
    const reading = read(readable)
    peer.send(TEXT_A)
    expect(await stateOf(reading)).toBe('pending')
    peer.send(CLOSE_1000)
    expect(await reading).toEqual(['a'])
  })

  it('does not read fragments, which are no messages', () => {
    expect(() => streamed({ fragments: true }, { mode: 'fragments' })).toThrow(
      new TypeError('a fragment is no message: leave out the option fragments'),
    )
  })

  it('errors at a fragment of a session with a channel of its own', async () => {
    const { session, peer } = sessionRig({ fragments: true }, { mode: 'fragments' })
    const { readable } = webStreams(new OwnChannel(session))
    peer.send(`02 81 00000000 61 ${CLOSE_1000}`)
    expect(await read(readable)).toEqual(['TypeError'])
  })

  it('reads nothing ahead, so that a slow reader stops the peer', async () => {
    const { readable, peer } = streamed({ channels: { incoming: { capacity: 1 } } })
    for (let i = 0; i < 4; i++) peer.send(TEXT_A)
    await settled()
    expect(peer.waiting).toBeGreaterThan(0)
    const reader = readable.getReader()
    for (let i = 0; i < 4; i++) await reader.read()
    expect(peer.waiting).toBe(0)
  })

  it.each([
    ['no reason', undefined, '88 02 03e8'],
    ['a CloseReason', new CloseReason(4000, 'bye'), '88 05 0fa0 627965'],
    ['an error', new Error('disk full'), '88 10 03f3 496e7465726e616c206572726f72'],
  ])(
    'closes the session when it is cancelled, with %s, and drops what comes',
    async (_, reason, close) => {
      const { readable, peer, session } = streamed()
      peer.send(TEXT_A)
      await readable.cancel(reason)
      expect(peer.received()).toBe(hex(close))
      peer.send(TEXT_A)
      expect(session.incoming.tryReceive()).toBeUndefined()
      peer.send(CLOSE_1000)
      expect(await session.closed).toMatchObject({ clean: true })
    },
  )

  it('rejects a cancel with a reason that cannot be sent', async () => {
    const { readable } = streamed()
    await expect(readable.cancel(new CloseReason(1006))).rejects.toThrow(RangeError)
  })
})

describe('the writable stream of a session', () => {
  it('closes with 1000, after what was written, and is closed when the peer has answered', async () => {
    const { writable, peer } = streamed()
    const writer = writable.getWriter()
    void writer.write('a')
    const closed = writer.close()
    expect(await stateOf(closed)).toBe('pending')
    expect(peer.received()).toBe(hex('81 01 61 88 02 03e8'))
    peer.send(CLOSE_1000)
    await closed
    await writer.closed
  })

  it('rejects its close if the connection is lost meanwhile', async () => {
    const { writable, peer } = streamed()
    const closed = writable.close()
    await settled()
    peer.end()
    await expect(closed).rejects.toMatchObject({ name: 'WebSocketClosedException' })
  })

  it('waits for a peer that does not read', async () => {
    const { writable, peer } = streamed()
    peer.stall()
    const writer = writable.getWriter()
    const large = writer.write(new Uint8Array(1_000_000))
    expect(await stateOf(large)).toBe('pending')
    expect(await stateOf(writer.ready)).toBe('pending')
    peer.read()
    await large
    await writer.ready
  })

  it.each([
    ['no reason', undefined, '88 02 03e8'],
    ['a CloseReason', new CloseReason(4000, 'bye'), '88 05 0fa0 627965'],
    ['an error', new Error('source broken'), '88 10 03f3 496e7465726e616c206572726f72'],
  ])('closes the session when it is aborted, with %s', async (_, reason, close) => {
    const { readable, writable, peer } = streamed()
    await writable.abort(reason)
    expect(peer.received()).toBe(hex(close))
    peer.send(`${TEXT_A} ${CLOSE_1000}`)
    expect(await read(readable)).toEqual(['a'])
  })

  it('closes the session when it is aborted while a write waits, after what was written', async () => {
    const { writable, peer, session } = streamed()
    peer.stall()
    const writer = writable.getWriter()
    const large = writer.write(new Uint8Array(1_000_000))
    expect(await stateOf(large)).toBe('pending')
    const reason = new CloseReason(4000)
    await writer.abort(reason)
    await expect(large).rejects.toBe(reason)
    expect(session.outgoing.isClosedForSend).toBe(true)
    peer.read()
    await settled()
    expect(peer.received().slice(20)).toBe(`${'00'.repeat(1_000_000)}${hex('88 02 0fa0')}`)
  })

  it.each([
    ['is closed by the peer', CLOSE_4001],
    ['is lost', undefined],
  ])('errors when the connection %s, which cancels a quiet source', async (_, close) => {
    const { writable, peer } = streamed()
    let cancelled: unknown
    const source = new ReadableStream<string>({
      cancel(reason) {
        cancelled = reason
      },
    })
    const piped = source.pipeTo(writable)
    if (close === undefined) peer.end()
    else peer.send(close)
    await expect(piped).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    expect(cancelled).toMatchObject({ name: 'WebSocketClosedException' })
  })

  it('cannot be written to once the readable stream is cancelled', async () => {
    const { readable, writable, peer } = streamed()
    await readable.cancel()
    await expect(writable.getWriter().write(encodeWire({ opcode: 2 }))).rejects.toMatchObject({
      name: 'WebSocketClosedException',
    })
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })
})
