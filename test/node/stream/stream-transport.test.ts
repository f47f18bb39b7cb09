import { createHash } from 'node:crypto'
import { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { connect, openSocket } from '../../../src/node/client/connect.ts'
import { type NodeOptions, node } from '../../../src/node/engine.ts'
import { isBusy } from '../../../src/node/stream/busy-turns.ts'
import { StreamTransport } from '../../../src/node/stream/stream-transport.ts'
import { upgrader } from '../../../src/node/upgrader.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { TransportHandler } from '../../../src/websocket/socket/transport.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsConsumer } from '../../../src/websocket/ws-handler.ts'
import { keptOf } from '../../support/collect-garbage.ts'
import { duplexPair } from '../../support/duplex-pair.ts'
import { BareServer } from '../../support/http-server.ts'
import { clientFrames, handshake, RawClient } from '../../support/raw-client.ts'
import { ca, tls } from '../../support/tls.ts'
import { decodeWire } from '../../support/wire.ts'

const MIB = 1024 * 1024

const echo: WsConsumer = (socket) => socket.onMessage((message) => socket.send(message))

/** Lets what is on its way arrive: as many turns as no event takes. */
async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe.each([
  { title: 'by the ways within Node', within: '1', tls: undefined },
  { title: 'by public ways', within: '0', tls: undefined },
  { title: 'over TLS', within: '1', tls },
])('$title', ({ within, tls }) => {
  const secure = tls !== undefined
  const serving = (consumer: WsConsumer, options: NodeOptions = {}) =>
    serve(() => consumer, node({ ...(tls && { tls }), ...options }))

  beforeAll(() => {
    vi.stubEnv('ANTIPHON_SHARED_READ', within)
    vi.stubEnv('ANTIPHON_DIRECT_WRITE', within)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })

  test('100,000 messages come back in order', async () => {
    await using server = await serving(echo)
    const { socket } = await openSocket(server.url, { tls: { ca } })
    const count = 100_000
    let next = 0
    const done = new Promise<void>((resolve, reject) => {
      socket.onMessage((message) => {
        if (message.text() !== String(next++)) reject(new Error(`${next - 1} came too late`))
        if (next === count) resolve()
      })
    })
    for (let i = 0; i < count; i++) if (!socket.send(String(i))) await socket.drained()
    await done
    socket.close()
  })

  test('a message of 16 MiB is echoed where the limit allows it', async () => {
    await using server = await serving(echo, { webSockets: { maxMessageSize: 16 * MIB } })
    await using client = connect(server.url, { tls: { ca } })
    const content = Buffer.alloc(16 * MIB, 'sixteen mebibytes of what repeats itself, ')
    const text = 'grüße '.repeat(100_000)
    const digests: string[] = []
    client.send(content)
    for await (const message of client.received()) {
      digests.push(`${message.mode} ${sha(message.bytes())}`)
      if (digests.length === 2) break
      client.send(text)
    }
    expect(digests).toEqual([`binary ${sha(content)}`, `text ${sha(Buffer.from(text))}`])
  })

  test.each([262_000, 300_000, 1_048_576, 1_100_000])(
    'bytes of a message of %i come whole: echoed, asked for, passed on by a client, in fragments',
    async (size) => {
      const limits = { webSockets: { maxMessageSize: 2 * MIB } }
      await using server = await serving(echo, limits)
      await using relay = await serving((socket) => {
        const onward = connect(server.url, { tls: { ca } })
        socket.onMessage((message) => onward.send(message))
        socket.onClose(() => onward.close())
        void (async () => {
          for await (const message of onward.received()) socket.send(message)
        })()
      }, limits)
      await using asking = await serving((socket) => {
        socket.onMessage((message) => socket.send(message.bytes().slice()))
      }, limits)
      const content = Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251)
      const digests: string[] = []
      for (const { url } of [server, relay, asking]) {
        await using client = connect(url, { tls: { ca } })
        client.send(content)
        client.send(content)
        for await (const message of client.received()) {
          if (digests.push(sha(message.bytes())) % 2 === 0) break
        }
      }
      expect(digests).toEqual(Array(6).fill(sha(content)))
      await using raw = await RawClient.upgraded(server.port, '/', secure)
      const third = Math.ceil(size / 3)
      raw.write(
        clientFrames(
          { opcode: 2, fin: false, payload: content.subarray(0, third) },
          { opcode: 0, fin: false, payload: content.subarray(third, 2 * third) },
          { opcode: 0, payload: content.subarray(2 * third) },
        ),
      )
      const echoed = await raw.frame()
      expect([echoed.opcode, sha(echoed.payload)]).toEqual([2, sha(content)])
    },
  )

  test('many sockets at once are all answered, in order', async () => {
    await using server = await serving(echo)
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => RawClient.upgraded(server.port, '/', secure)),
    )
    let busy = false
    onTestFinished(() => {
      for (const { socket } of clients) socket.destroy()
    })
    for (let round = 0; round < 20; round++) {
      const frames = ['a', 'b', 'c'].map((name) => ({ opcode: 1, payload: `${name} ${round}` }))
      for (const client of clients) client.write(clientFrames(...frames))
      const shown = await Promise.all(
        clients.map(async (client) => [
          await client.shown(),
          await client.shown(),
          await client.shown(),
        ]),
      )
      const expected = frames.map(({ payload }) => `1 ${payload}`)
      expect(shown).toEqual(clients.map(() => expected))
      busy ||= isBusy()
    }
    for (const { socket } of clients) socket.destroy()
    expect(busy).toBe(true)
  })

  test('frames may come octet by octet', async () => {
    await using server = await serving(echo)
    await using client = await RawClient.upgraded(server.port, '/', secure)
    client.socket.setNoDelay(true)
    const bytes = clientFrames(
      { opcode: 1, payload: 'a'.repeat(130) },
      { opcode: 9, payload: 'p' },
      { opcode: 2, payload: Uint8Array.of(7) },
    )
    for (const octet of bytes) {
      client.write(Uint8Array.of(octet))
      await turns(1)
    }
    expect(await client.shown()).toBe(`1 ${'a'.repeat(130)}`)
    expect(await client.shown()).toBe('10 p')
    expect(await client.shown()).toBe('2 \u0007')
  })

  test('bytes that come with the handshake are read', async () => {
    await using server = await serving(echo)
    await using client = await RawClient.open(server.port, secure)
    const frames = clientFrames({ opcode: 1, payload: 'one' }, { opcode: 1, payload: 'two' })
    client.write(Buffer.concat([Buffer.from(handshake()), frames.subarray(0, 12)]))
    client.write(frames.subarray(12))
    await client.head()
    expect([await client.shown(), await client.shown()]).toEqual(['1 one', '1 two'])
  })

  test.each<[string, (socket: Websocket) => void]>([
    ['the consumer', (socket) => socket.link.pause?.()],
    [
      'what came with the handshake',
      (socket) => void socket.onMessage(() => new Promise(() => {})),
    ],
  ])('a pause by %s stops the reading', async (_, consumer) => {
    let socket!: Websocket
    await using server = await serving((opened) => {
      socket = opened
      consumer(opened)
    })
    await using client = await RawClient.open(server.port, secure)
    const small = clientFrames(...Array.from({ length: 300 }, () => ({ opcode: 2, payload: 'a' })))
    client.write(Buffer.concat([Buffer.from(handshake()), small]))
    await client.head()
    const large = clientFrames({ opcode: 2, payload: new Uint8Array(65_536) })
    let taken = 0
    for (let i = 0; i < 512; i++) client.socket.write(large, () => taken++)
    await turns(50)
    // The system takes some MiB for a connection that is not read.
    expect(taken * 65_536).toBeLessThan(16 * MIB)
    expect(socket.state).toBe('open')
    socket.terminate()
  })

  test('what is paused goes on when it is resumed, and ends where the peer ended it', async () => {
    const heard: string[] = []
    let socket!: Websocket
    await using server = await serving((opened) => {
      socket = opened
      socket.link.pause?.()
      socket.onMessage((message) => heard.push(message.text()))
      socket.onClose(({ code }) => heard.push(String(code)))
    })
    await using client = await RawClient.upgraded(server.port, '/', secure)
    client.send({ opcode: 1, payload: 'a' }, { opcode: 1, payload: 'b' })
    client.socket.end()
    await turns()
    expect(heard).toEqual([])
    const closed = new Promise((resolve) => socket.onClose(resolve))
    socket.link.resume?.()
    await closed
    expect(heard).toEqual(['a', 'b', '1006'])
  })

  test('a consumer may wait at once until the answer to the handshake is handed over', async () => {
    let flushed!: Promise<unknown>
    await using server = await serving((socket) => {
      flushed = Promise.resolve(socket.link.flush?.()).then(() => socket.bufferedAmount)
    })
    await using client = await RawClient.upgraded(server.port, '/', secure)
    expect(await flushed).toBe(0)
    client.socket.destroy()
  })

  test('a consumer that waits for what it sends hears when that is flushed at once', async () => {
    let drained: Promise<void> | undefined
    await using server = await serving((socket) => {
      socket.send('a'.repeat(100_000))
      drained = socket.drained()
      void socket.link.flush?.()
    })
    await using client = await RawClient.upgraded(server.port, '/', secure)
    expect((await client.shown()).length).toBeGreaterThan(100_000)
    await drained
    client.socket.destroy()
  })

  test('a consumer may send, flush, close and terminate at once', async () => {
    const reports: Error[] = []
    const webSockets = { onError: (error: Error) => reports.push(error) }
    await using closing = await serving(
      (socket) => {
        socket.send('hello')
        void socket.link.flush?.()
        socket.close()
      },
      { webSockets },
    )
    await using first = await RawClient.upgraded(closing.port, '/', secure)
    expect([await first.shown(), await first.shown()]).toEqual(['1 hello', 'close 1000'])
    await using terminating = await serving(
      (socket) => {
        socket.send('hello')
        socket.terminate()
      },
      { webSockets },
    )
    await using second = await RawClient.open(terminating.port, secure)
    second.write(handshake())
    await second.closed
    expect(reports).toEqual([])
  })

  test('no socket ever sends what is not its own', async () => {
    await using server = await serving(echo)
    const clients = await Promise.all(
      Array.from({ length: 16 }, () => RawClient.upgraded(server.port, '/', secure)),
    )
    await Promise.all(
      clients.map(async (client, index) => {
        const sizes = Array.from(
          { length: 60 },
          (_, i) => (i * 7_919 * (index + 1)) % (i === 30 ? 90_000 : 9_000),
        )
        if (index % 2 === 0) client.socket.pause()
        for (const [i, size] of sizes.entries()) {
          client.send({ opcode: 2, payload: new Uint8Array(size).fill(index + 1) })
          if (i % 10 === 9) await turns(1)
        }
        client.socket.resume()
        for (const size of sizes) {
          const { payload } = await client.frame()
          if (payload.length !== size || payload.some((octet) => octet !== index + 1)) {
            throw new Error(`client ${index} got what is not its own`)
          }
        }
      }),
    )
    for (const client of clients) client.socket.destroy()
  })

  test('nothing is kept for a peer that has gone', async () => {
    let socket!: Websocket
    await using server = await serving((opened) => {
      socket = opened
    })
    const client = await RawClient.upgraded(server.port, '/', secure)
    const gone = new Promise((resolve) => socket.onClose(resolve))
    if (secure) client.socket.destroy()
    else client.socket.resetAndDestroy()
    await gone
    socket.send('nobody')
    await socket.drained()
    expect(socket.bufferedAmount).toBe(0)
  })
})

describe('over any other stream', () => {
  const DEAF: TransportHandler = { onBytes() {}, onDrain() {}, onEof() {}, onGone() {} }

  function put(transport: StreamTransport, octet: number, count: number): void {
    const target = transport.reserve(count)
    target.fill(octet, transport.position, transport.position + count)
    transport.position += count
  }

  test('what was written is never written over', async () => {
    const [near, far] = duplexPair()
    const chunks: Uint8Array[] = []
    far.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    const transport = new StreamTransport(near)
    let octet = 0
    transport.start({ ...DEAF, onBytes: () => put(transport, ++octet, 100) }, new Uint8Array(0))
    await turns(1)
    far.write('one')
    far.write('two')
    far.write('three')
    expect(chunks.map((chunk) => new Set(chunk))).toEqual([
      new Set([1]),
      new Set([2]),
      new Set([3]),
    ])
  })

  test('an answer within the write is not lost', async () => {
    const [near, far] = duplexPair()
    let received = ''
    far.on('data', (chunk: Buffer) => {
      received += chunk.toString()
      if (received.length < 5) far.write('next')
    })
    const transport = new StreamTransport(near)
    let octet = 0x60
    transport.start({ ...DEAF, onBytes: () => put(transport, ++octet, 1) }, new Uint8Array(0))
    await turns(1)
    far.write('first')
    expect(received).toBe('abcde')
  })

  test('an answer within a flush comes behind the chunk that is being read', async () => {
    const answers = ['second', 'third']
    const stream = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        const answer = answers.shift()
        if (answer !== undefined) stream.push(answer)
        done()
      },
    })
    const transport = new StreamTransport(stream)
    const log: string[] = []
    const onBytes = (bytes: Uint8Array, start: number, end: number): void => {
      const text = Buffer.from(bytes.subarray(start, end)).toString()
      log.push(`begin ${text}`)
      put(transport, 1, 1)
      transport.flush()
      log.push(`end ${text}`)
    }
    transport.start({ ...DEAF, onBytes }, new Uint8Array(0))
    await turns(1)
    stream.push('first')
    stream.push('last')
    const chunks = ['first', 'second', 'third', 'last']
    expect(log).toEqual(chunks.flatMap((chunk) => [`begin ${chunk}`, `end ${chunk}`]))
  })

  test('of a connection that is closed nothing is kept', async () => {
    const closed = async (): Promise<WeakRef<TransportHandler>> => {
      const [near, far] = duplexPair()
      let reads = 0
      const handler = { ...DEAF, onBytes: () => reads++ }
      new StreamTransport(near).start(handler, new Uint8Array(0))
      await turns(1)
      far.write('read')
      expect(reads).toBe(1)
      near.destroy()
      await turns(1)
      return new WeakRef(handler)
    }
    expect(await keptOf(await closed())).toBeUndefined()
  })

  test('what can no longer be written is not kept', () => {
    const [near] = duplexPair()
    const transport = new StreamTransport(near)
    put(transport, 1, 100)
    near.destroy()
    expect(transport.bufferedAmount).toBe(100)
    transport.flush()
    expect(transport.bufferedAmount).toBe(0)
  })

  test('the handler hears when the answer to the handshake has drained, too', async () => {
    const stream = new Duplex({ read() {}, write: (_, __, done) => void setImmediate(done) })
    const transport = new StreamTransport(stream)
    transport.answer('HTTP/1.1 101 Switching Protocols')
    expect(transport.bufferedAmount).toBeGreaterThan(0)
    await new Promise<void>((resolve) => {
      transport.start({ ...DEAF, onDrain: resolve }, new Uint8Array(0))
    })
    expect(transport.bufferedAmount).toBe(0)
  })

  test('what a stream throws when it is written to is the end, and nobody else hears of it', () => {
    const failure = new Error('nothing can be written')
    const stream = new Duplex({
      read() {},
      write() {
        throw failure
      },
    })
    return new Promise<void>((resolve) => {
      const onGone = (error: Error | undefined): void => {
        expect(error).toBe(failure)
        expect(stream.destroyed).toBe(true)
        resolve()
      }
      const transport = new StreamTransport(stream)
      transport.start({ ...DEAF, onGone }, new Uint8Array(0))
      put(transport, 1, 100)
      transport.commit()
    })
  })

  test('a whole WebSocket works', async () => {
    const [near, far] = duplexPair()
    const upgrades = upgrader(() => echo)
    await using server = await BareServer.listen()
    const frames: Buffer[] = []
    server.http.on('upgrade', (request) => upgrades.handleUpgrade(request, near, Buffer.alloc(0)))
    await using client = await RawClient.open(server.port)
    const head = new Promise<string>((resolve) => far.once('data', (chunk) => resolve(`${chunk}`)))
    client.write(handshake())
    expect(await head).toMatch(/^HTTP\/1.1 101 /)
    far.on('data', (chunk: Buffer) => frames.push(chunk))
    far.write(clientFrames({ opcode: 1, payload: 'a' }, { opcode: 1, payload: 'b' }))
    far.write(clientFrames({ opcode: 1, payload: 'c' }))
    await turns(2)
    const payloads = decodeWire(Buffer.concat(frames)).map(
      ({ payload }) => `${Buffer.from(payload)}`,
    )
    expect(payloads).toEqual(['a', 'b', 'c'])
    const stopped = upgrades.stop()
    far.write(clientFrames({ opcode: 8, payload: Uint8Array.of(3, 0xe9) }))
    far.end()
    await stopped
  })
})

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test('an error of a stream that does not close by itself is the end', () => {
  const stream = new Duplex({ autoDestroy: false, read() {}, write: (_, __, done) => done() })
  const failure = new Error('a record could not be read')
  return new Promise<void>((resolve) => {
    const handler: TransportHandler = {
      onBytes() {},
      onDrain() {},
      onEof() {},
      onGone(error) {
        expect(error).toBe(failure)
        resolve()
      },
    }
    new StreamTransport(stream).start(handler, new Uint8Array(0))
    stream.emit('error', failure)
  })
})
