import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNodeZlib } from '../../../src/node/zlib/zlib-port.ts'
import { WebSocketExtensions } from '../../../src/protocol/deflate/web-socket-extensions.ts'
import { webSocket } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import {
  type ChaosTransportOptions,
  chaosTransport,
} from '../../../src/testing/offline/chaos-transport.ts'
import { testSessionClient } from '../../../src/testing/offline/test-session-client.ts'
import { testWsClient } from '../../../src/testing/offline/test-ws-client.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsConsumer, WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { anyText } from '../../support/text.ts'

type Say = string | Uint8Array

/** Answers each message twice, in both modes, and closes when told. */
const answering: WsHandler = () => (socket) => {
  socket.onMessage((message) => {
    if (message.text() === 'bye') {
      socket.close(WsStatus.GOING_AWAY)
    } else {
      socket.send(message.text())
      socket.send(message.bytes())
    }
  })
}

/** All that a client hears, offline: there when this returns. */
function conversation(says: readonly Say[], chaos?: ChaosTransportOptions): unknown[] {
  const client = testWsClient(answering, '/', chaos && { transport: chaosTransport(chaos) })
  for (const say of says) client.send(say)
  return [...client.received()].map((message) => [message.mode, ...message.bytes()])
}

/** The sizes in which a peer got what was sent to it. */
function piecesOf(size: number, chaos: ChaosTransportOptions): number[] {
  const [near, far] = chaosTransport(chaos)()
  const pieces: number[] = []
  far.attach({
    onBytes: (_bytes, start, end) => pieces.push(end - start),
    onDrain() {},
    onEof() {},
    onGone() {},
  })
  near.append(new Uint8Array(size))
  near.flush()
  return pieces
}

const text = fc.oneof(anyText, fc.constant('x'.repeat(1_000)))
const chaos = fc.oneof(
  fc.constant<ChaosTransportOptions>({ cut: 'bytewise' }),
  fc.record({ cut: fc.constant('random' as const), seed: fc.integer() }),
  fc.record({ cut: fc.integer({ min: 1, max: 200 }) }),
)

describe('chaosTransport', () => {
  test('changes nothing of what arrives, however it cuts', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), chaos, (says, options) => {
        expect(conversation(says, options)).toEqual(conversation(says))
      }),
      { numRuns: 40 },
    )
  })

  test('cuts into single bytes, into pieces of a size, and at random', () => {
    expect(piecesOf(5, { cut: 'bytewise' })).toEqual([1, 1, 1, 1, 1])
    expect(piecesOf(5, { cut: 2 })).toEqual([2, 2, 1])
    expect(piecesOf(5, {})).toEqual([5])
    const random = piecesOf(1_000, { cut: 'random', seed: 1 })
    expect(random.reduce((sum, size) => sum + size, 0)).toBe(1_000)
    expect(random.length).toBeGreaterThan(2)
  })

  test('cuts the same for the same seed, on every connection', () => {
    const cut = 'random'
    const transport = chaosTransport({ cut, seed: 7 })
    expect(transport).not.toBe(chaosTransport({ cut, seed: 7 }))
    expect(piecesOf(1_000, { cut, seed: 7 })).toEqual(piecesOf(1_000, { cut, seed: 7 }))
    expect(piecesOf(1_000, { cut, seed: 7 })).not.toEqual(piecesOf(1_000, { cut, seed: 8 }))
  })

  test('reads slowly when told, so that what is sent waits', async () => {
    const clock = new VirtualClock()
    const transport = chaosTransport({ cut: 1_000, delay: 10, clock })
    let socket: Websocket | undefined
    const consumer: WsConsumer = (own) => {
      socket = own
      expect(own.send('x'.repeat(100_000))).toBe(false)
    }
    const client = testWsClient(() => consumer, '/', { clock, transport })
    const drained = socket!.drained()
    clock.advance(999)
    expect([...client.received()]).toEqual([])
    expect(socket!.bufferedAmount).toBeGreaterThan(0)
    clock.advance(100)
    expect([...client.received()].map((message) => message.byteLength)).toEqual([100_000])
    await drained
    expect(socket!.bufferedAmount).toBe(0)
    client.close()
    clock.advance(100)
    expect((await client.closed).code).toBe(1000)
    expect(clock.pending).toBe(0)
  })

  test('lets a reader be too slow for what the server holds for it', async () => {
    const clock = new VirtualClock()
    const ends: number[] = []
    const client = testWsClient(
      () => (socket) => {
        socket.onError(() => {})
        socket.onClose(({ code }) => ends.push(code))
        while (socket.state === 'open') socket.send('x'.repeat(1_000))
      },
      '/',
      {
        clock,
        transport: chaosTransport({ delay: 10, cut: 100, clock }),
        webSockets: { maxBufferedAmount: 10_000 },
      },
    )
    expect(ends).toEqual([1013])
    client.terminate()
  })

  test.each([0, 1, 7])('breaks the connection behind %s bytes', async (breakAfter) => {
    const reports: string[] = []
    const client = testWsClient(
      () => (socket) => {
        socket.onClose(({ code }) => reports.push(`${socket.state} ${code}`))
        socket.onMessage((message) => socket.send(message))
      },
      '/',
      { transport: chaosTransport({ breakAfter }) },
    )
    client.send('hello')
    expect(reports).toEqual(['closed 1006'])
    expect((await client.closed).code).toBe(1006)
    expect(() => [...client.received()]).toThrow('closed')
  })

  test('breaks the connection for both ends within what a consumer sends at once', async () => {
    const reports: string[] = []
    const client = testWsClient(
      () => (socket) => {
        socket.onClose(({ code }) => reports.push(`${socket.state} ${code}`))
        socket.send('welcome')
        reports.push(socket.state)
      },
      '/',
      { transport: chaosTransport({ breakAfter: 4 }) },
    )
    expect((await client.closed).code).toBe(1006)
    expect(reports).toEqual(['open', 'closed 1006'])
  })

  test('lets through what comes before it breaks', () => {
    // A Text frame with 5 bytes takes 11 from a client, 7 from a server.
    const client = testWsClient(answering, '/', { transport: chaosTransport({ breakAfter: 11 }) })
    client.send('hello')
    const received = client.received()[Symbol.iterator]()
    expect(received.next().value?.text()).toBe('hello')
    expect(() => received.next()).toThrow('closed')
  })

  test.each([
    [{ cut: 0 }, "the option cut is 0: it must be 'bytewise', 'random' or a number from 1 up"],
    [{ cut: Number.NaN }, 'the option cut is NaN'],
    [{ delay: -1 }, 'the option delay is -1: it must be a number from 0 up'],
    [{ breakAfter: -1 }, 'the option breakAfter is -1: it must be a number from 0 up'],
  ])('refuses %j', (options, message) => {
    expect(() => chaosTransport(options)).toThrow(message)
    expect(() => chaosTransport(options)).toThrow(RangeError)
  })

  test('refuses an option that it does not know', () => {
    const misspelt: object = { cuts: 'bytewise' }
    expect(() => chaosTransport(misspelt)).toThrow('chaosTransport() has no option cuts')
  })
})

describe('sessions and compression, on a bad wire', () => {
  const echo = websockets(
    webSocket('/', async (session) => {
      for await (const frame of session.incoming) await session.send(frame)
    }),
  )
  const extensions = [WebSocketExtensions.perMessageDeflate()]

  test.each(['bytewise', 'random'] as const)('lose nothing, cut %s', async (cut) => {
    const texts = ['', 'a', 'é'.repeat(500), 'x'.repeat(5_000)]
    const client = testSessionClient(echo, {
      extensions,
      webSockets: { extensions },
      zlib: createNodeZlib(),
      transport: chaosTransport({ cut }),
    })
    const echoed = await client.webSocket('ws://localhost/', async (session) => {
      expect(session.extensions).toHaveLength(1)
      for (const text of texts) await session.send(text)
      const received: string[] = []
      for await (const frame of session.incoming) {
        if (frame.type === 'text') received.push(frame.readText())
        if (received.length === texts.length) break
      }
      return received
    })
    expect(echoed).toEqual(texts)
  })
})
