import { once } from 'node:events'
import { type Duplex, PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished, pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { connect, duplex, node, SessionClient } from '../../src/node/index.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { expectClosed } from '../../src/testing/index.ts'
import { hex } from '../support/hex.ts'
import { sessionRig } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'

const TEXT_A = '81 81 00000000 61'
const CLOSE_1000 = '88 82 00000000 03e8'
const CLOSE_1011 = '88 82 00000000 03f3'

function streamed(
  ...options: Parameters<typeof sessionRig>
): ReturnType<typeof sessionRig> & { readonly stream: Duplex } {
  const one = sessionRig(...options)
  return { ...one, stream: duplex(one.session) }
}

describe('the stream of a session', () => {
  test('has the bytes of messages, and writes a binary message for each chunk', async () => {
    const { stream, peer } = streamed()
    const reading = buffer(stream)
    peer.send(`${TEXT_A} 81 80 00000000 82 82 00000000 6263`)
    await settled()
    stream.write('d')
    stream.write(Uint8Array.of(1))
    await settled()
    expect(peer.received()).toBe(hex('82 01 64 82 01 01'))
    peer.send(CLOSE_1000)
    expect(String(await reading)).toBe('abc')
  })

  test('can be piped through, in order, whoever is slow', async () => {
    const echo = webSocket('/', async (session) => {
      const stream = duplex(session)
      await pipeline(stream, new PassThrough({ highWaterMark: 1 }), stream)
    })
    const errors: Error[] = []
    const onError = (error: Error): void => void errors.push(error)
    await using server = await serve(websockets(echo), node({ webSockets: { onError } }))
    const sent = Buffer.from(new Uint8Array(3_000_000).map((_, i) => i * 31))
    await using clients = new SessionClient()
    await clients.webSocket(server.url, async (session) => {
      const stream = duplex(session)
      const writing = pipeline(Readable.from(chunksOf(sent)), stream, { end: false })
      const back: Uint8Array[] = []
      let size = 0
      for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
        back.push(chunk)
        size += chunk.length
        if (size === sent.length) break
      }
      await writing
      expect(Buffer.concat(back).equals(sent)).toBe(true)
      stream.end()
      await finished(stream.resume())
    })
    await server.stop()
    expect(errors).toEqual([])
  })

  test('ends where the peer closes, and closes with 1000 where it is ended', async () => {
    const { stream, peer } = streamed()
    const end = once(stream.resume(), 'end')
    peer.send(`${TEXT_A} ${CLOSE_1000}`)
    await end
    await finished(stream)

    const other = streamed()
    other.stream.end('b')
    await settled()
    expect(other.peer.received()).toBe(hex('82 01 62 88 02 03e8'))
    expect(other.stream.writableFinished).toBe(false)
    other.peer.send(CLOSE_1000)
    await finished(other.stream.resume())
  })

  test.each([
    ['no error', undefined, '88 02 03e8'],
    ['an error', new Error('disk full'), '88 10 03f3 496e7465726e616c206572726f72'],
  ])('closes the session when it is destroyed, with %s', async (_, error, close) => {
    const { stream, peer, session } = streamed()
    stream.resume()
    await settled()
    stream.destroy(error)
    await closed(stream)
    expect(peer.received()).toBe(hex(close))
    peer.send(`${TEXT_A} ${CLOSE_1000}`)
    expect(await session.closed).toMatchObject({ clean: true })
    expect(session.incoming.tryReceive()).toBeUndefined()
  })

  test('is destroyed with an error when the connection is lost, after what came before', async () => {
    const { stream, peer } = streamed()
    const chunks: string[] = []
    stream.on('data', (chunk) => chunks.push(String(chunk)))
    const end = once(stream, 'end')
    peer.send(TEXT_A)
    peer.end()
    await expect(end).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    expect(chunks).toEqual(['a'])
  })

  test('is destroyed with an error when the peer says that it has failed', async () => {
    const { stream, peer } = streamed()
    const end = once(stream.resume(), 'end')
    peer.send(`${TEXT_A} ${CLOSE_1011}`)
    await expect(end).rejects.toMatchObject({
      name: 'WebSocketClosedException',
      reason: { code: 1011 },
    })
  })

  test('is not destroyed before a slow reader has had what came before', async () => {
    const { stream, peer } = streamed()
    for (let i = 0; i < 5; i++) peer.send(TEXT_A)
    peer.end()
    const chunks: string[] = []
    const reading = async (): Promise<void> => {
      for await (const chunk of stream) {
        chunks.push(String(chunk))
        await turn()
      }
    }
    await expect(reading()).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    expect(chunks.join('')).toBe('aaaaa')
  })

  test('closes, as a socket of TCP does, when the peer has closed', async () => {
    const { stream, peer } = streamed()
    stream.resume()
    peer.send(CLOSE_1000)
    await closed(stream)
    expect(stream).toMatchObject({ errored: null, writableFinished: true })
  })

  test('ends no process where nobody listens for errors', async () => {
    const { stream, peer } = streamed()
    stream.resume()
    peer.end()
    await closed(stream)
    expect(stream.errored).toMatchObject({ name: 'WebSocketClosedException' })
  })

  test('cannot be written to once the session has ended', async () => {
    const { stream, peer } = streamed()
    peer.send(CLOSE_1000)
    await settled()
    const written = new Promise((resolve) => stream.write('late', resolve))
    expect(await written).toMatchObject({ name: 'WebSocketClosedException' })
  })

  test('is no fault of the handler when the peer closes before all has gone through', async () => {
    const errors: Error[] = []
    const ends: unknown[] = []
    const app = websockets(
      webSocket('/', async (session) => {
        const stream = duplex(session)
        const late = new PassThrough({
          final: (done) => void turn().then(() => late.push('late') && done()),
        })
        await pipeline(stream, late, stream).catch((error: unknown) => {
          ends.push(error)
          throw error
        })
      }),
    )
    const onError = (error: Error): void => void errors.push(error)
    await using server = await serve(app, node({ webSockets: { onError } }))
    const client = connect(server.url)
    await client.opened
    client.close()
    await expectClosed(client, 1000)
    await server.stop()
    expect(ends).toMatchObject([{ name: 'WebSocketClosedException' }])
    expect(errors).toEqual([])
  })

  test('leaves its end to a generator that is piped into it', async () => {
    const { stream, peer } = streamed()
    const piped = pipeline(
      stream,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        yield* chunks
        // Pipelines of Node wait for ever if the stream has ended meanwhile.
        await turn()
        await turn()
      },
      stream,
    )
    peer.send(CLOSE_1000)
    // Depending on the version of Node; what matters is that it is over.
    await piped.catch((error) => expect(error).toMatchObject({ name: 'AbortError' }))
  })

  test('reads little ahead, so that a slow reader stops the peer', async () => {
    const { stream, peer } = streamed({ channels: { incoming: { capacity: 1 } } })
    const large = `82 fe 4000 00000000 ${'00'.repeat(16_384)}`
    for (let i = 0; i < 9; i++) peer.send(large)
    stream.read(0)
    await settled()
    expect(peer.waiting).toBeGreaterThan(0)
    let size = 0
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size === 9 * 16_384) break
    }
    expect(peer.waiting).toBe(0)
  })

  test('lets its handler wait for the end of the session, whichever side ends it', async () => {
    const over: string[] = []
    const app = websockets(
      webSocket('/', async (session) => {
        const stream = duplex(session).on('data', () => stream.destroy())
        await session.closed
        over.push('over')
      }),
    )
    await using server = await serve(app, node())
    const leaving = connect(server.url)
    await leaving.opened
    leaving.close()
    await expectClosed(leaving, 1000)
    const staying = connect(server.url)
    staying.send('go')
    await expectClosed(staying, 1000)
    await server.stop()
    expect(over).toEqual(['over', 'over'])
  })
})

/** Whether with an error or without. */
function closed(stream: Duplex): Promise<unknown> {
  return new Promise((resolve) => stream.once('close', resolve))
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += 100_000) yield bytes.subarray(i, i + 100_000)
}
