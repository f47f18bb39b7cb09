import { describe, expect, it } from 'vitest'
import { json } from '../../src/format/json.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import type { WebSocketSession } from '../../src/session/session.ts'
import { testSessionClient } from '../../src/testing/offline/test-session-client.ts'
import { FrameTooBigException } from '../../src/websocket/errors.ts'
import { bytes, hex } from '../support/hex.ts'
import { arrived, lineOf, looped, rawRig, sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

/** What the tests of Ktor check of its sessions, by the names of those tests; see docs/ktor-tests.md for all of them. */

const KEY = new Uint8Array(4)
const TEXT_A = '81 81 00000000 61'
const URL_OF = 'ws://localhost/'

async function echo(session: WebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

describe('DefaultWebSocketTest', () => {
  it('closeByClient: both sides end with the reason of the client, and no control frame was seen', async () => {
    let served: WebSocketSession | undefined
    const seen: string[] = []
    const client = testSessionClient(
      websockets(
        webSocket('/', async (session) => {
          served = session
          seen.push(...(await looped(session.incoming)))
        }),
      ),
    )
    const session = await client.webSocketSession(URL_OF)
    const reason = new CloseReason(4000, 'from the client')
    const record = await session.close(reason)
    expect([record.local, record.remote]).toEqual([reason, reason])
    expect(await served?.closeReason).toEqual(reason)
    expect(seen).toEqual([])
    for (const side of [session, served!]) {
      expect([side.incoming.isClosedForReceive, side.outgoing.isClosedForSend]).toEqual([
        true,
        true,
      ])
    }
  })

  it('pingPong: five Pings, five Pongs in order, and then a close', async () => {
    const { session, peer } = sessionRig()
    for (let i = 1; i <= 5; i++) peer.send(`89 81 00000000 0${i}`)
    peer.send('88 82 00000000 03e8')
    expect(peer.received()).toBe(
      hex('8a 01 01  8a 01 02  8a 01 03  8a 01 04  8a 01 05  88 02 03e8'),
    )
    expect(session.closeRecord?.clean).toBe(true)
  })

  it('testPingPongTimeout: a Ping after its interval, a Close after its timeout, both channels closed', async () => {
    const { session, peer, clock } = sessionRig({ pingInterval: 500, pongTimeout: 500 })
    clock.advance(500)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9])
    clock.advance(500)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([8])
    expect([session.incoming.isClosedForReceive, session.outgoing.isClosedForSend]).toEqual([
      true,
      true,
    ])
    expect((await session.closeReason).code).toBe(1011)
  })

  it('testCancellation: terminate ends everything', async () => {
    const { session, peer, clock } = sessionRig({ pingInterval: 500 })
    const waiting = stateOf(session.incoming.receive())
    session.terminate()
    expect(await waiting).toBe('rejected: WebSocketClosedException')
    expect([peer.ended, clock.pending, session.signal.aborted]).toEqual([true, 0, true])
  })

  it('testOutgoingCapacity: a thousand sends without a reader', async () => {
    const { session, peer } = sessionRig()
    peer.stall()
    const sends = Array.from({ length: 1000 }, (_, i) => session.send(String(i)))
    await settled()
    peer.read()
    await Promise.all(sends)
    expect(peer.frames()).toHaveLength(1000)
  })
})

describe('RawWebSocketTest', () => {
  it('smokeTest: Ping and Pong are frames like others', async () => {
    const { session, peer } = rawRig()
    peer.send('89 81 00000000 70')
    expect(arrived(session.incoming)).toEqual(['ping 70'])
    await session.send(new Frame.Pong(bytes('70')))
    expect(peer.received()).toBe(hex('8a 01 70'))
    session.terminate()
    expect(session.incoming.isClosedForReceive).toBe(true)
  })

  it('testServerIncomingDisconnected: the end of the transport ends incoming, and sending is harmless', async () => {
    const { session, peer } = rawRig()
    peer.send(TEXT_A)
    peer.end()
    expect(await looped(session.incoming)).toEqual(['text a'])
    void session.send(new Frame.Close(new CloseReason(1000)))
    await session.close()
  })

  it('testCloseSequenceInitiatedByClient: messages, then the Close, which is answered', async () => {
    const { session, peer } = rawRig()
    peer.send(`${TEXT_A} ${TEXT_A} 88 82 00000000 03e8`)
    expect(await looped(session.incoming)).toEqual(['text a', 'text a', 'close 1000'])
    await session.close()
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })

  it('testSendToClosed: sending rejects on both sides', async () => {
    const { session } = rawRig()
    session.terminate()
    expect(await stateOf(session.send('a'))).toBe('rejected: WebSocketClosedException')
    const other = rawRig()
    other.peer.send('88 82 00000000 03e8')
    expect(await stateOf(other.session.send('a'))).toBe('rejected: WebSocketClosedException')
  })

  it('testServerTerminate: the peer sees the end of the transport', () => {
    const { session, peer } = rawRig()
    session.terminate()
    expect([peer.ended, peer.received()]).toEqual([true, ''])
  })
})

describe('WebSocketTest', () => {
  it('testSingleEcho', async () => {
    const client = testSessionClient(websockets(webSocket('/echo', echo)))
    await client.webSocket(`${URL_OF}echo`, async (session) => {
      await session.send('Hello')
      expect(lineOf(await session.incoming.receive())).toBe('text Hello')
    })
  })

  it('testJsonConverter', async () => {
    const contentConverter = converterOf(json)
    const client = testSessionClient(
      websockets(
        webSocket('/', { contentConverter }, async (session) => {
          const value = await session.receiveDeserialized()
          await session.sendSerialized({ got: value })
        }),
      ),
      { contentConverter },
    )
    await client.webSocket(URL_OF, async (session) => {
      await session.sendSerialized({ name: 'ann' })
      expect(await session.receiveDeserialized()).toEqual({ got: { name: 'ann' } })
    })
  })

  it('testSerializationWithNoConverter', async () => {
    const { session } = sessionRig()
    expect(await stateOf(session.sendSerialized(1))).toBe(
      'rejected: WebsocketConverterNotFoundException',
    )
    expect(await stateOf(session.receiveDeserialized())).toBe(
      'rejected: WebsocketConverterNotFoundException',
    )
  })

  it('testDeserializationWithOnClosedChannel', async () => {
    const { session, peer } = sessionRig({ contentConverter: converterOf(json) })
    const waiting = stateOf(session.receiveDeserialized())
    peer.send('88 82 00000000 03e8')
    expect(await waiting).toBe('rejected: WebSocketClosedException')
  })

  it.each([0xc123, 0xcdef])('testFrameSize: %d bytes, of which bit 15 is set', async (size) => {
    const { session, peer } = sessionRig()
    const payload = new Uint8Array(size).fill(7)
    peer.send(encodeWire({ opcode: 2, payload, key: KEY }))
    const frame = await session.incoming.receive()
    expect([frame.byteLength, frame.data.every((octet) => octet === 7)]).toEqual([size, true])
    await session.send(frame)
    expect(peer.received()).toBe(`827e${size.toString(16)}${'07'.repeat(size)}`)
  })

  it('testSendClose: a Close without a payload is answered', () => {
    const { peer } = sessionRig()
    peer.send('88 80 00000000')
    expect(peer.received()).toBe(hex('88 00'))
  })

  it('testParameters', async () => {
    const client = testSessionClient(
      websockets(webSocket('/:p', (session) => session.send(session.call.parameters.p))),
    )
    await client.webSocket(`${URL_OF}aaa`, async (session) => {
      expect(lineOf(await session.incoming.receive())).toBe('text aaa')
    })
  })

  it('testFragmentation: three fragments with a Ping between', async () => {
    const { session, peer } = sessionRig()
    peer.send('01 83 00000000 414243  89 80 00000000  00 82 00000000 3132  80 81 00000000 33')
    expect(arrived(session.incoming)).toEqual(['text ABC123'])
  })

  it('testMaxSize: one byte more is 1009, and the handler gets the exception', async () => {
    const { session, peer } = sessionRig({}, { limits: { maxFrameSize: 1023 } })
    peer.send(encodeWire({ opcode: 2, payload: new Uint8Array(1023), key: KEY }))
    expect((await session.incoming.receive()).byteLength).toBe(1023)
    peer.send(encodeWire({ opcode: 2, payload: new Uint8Array(1024), key: KEY }))
    await expect(session.incoming.receive()).rejects.toThrow(FrameTooBigException)
    expect(peer.received().slice(4, 8)).toBe('03f1')
  })

  it('testFragmentationMaxSizeBound: the limit is that of the whole message, inclusive', async () => {
    const { session, peer } = sessionRig({}, { limits: { maxMessageSize: 1025 } })
    const fragment = (size: number, fin: boolean, opcode: number): Uint8Array =>
      encodeWire({ fin, opcode, payload: new Uint8Array(size), key: KEY })
    peer.send(fragment(1000, false, 2))
    peer.send(fragment(25, true, 0))
    expect((await session.incoming.receive()).byteLength).toBe(1025)
    peer.send(fragment(1000, false, 2))
    peer.send(fragment(26, true, 0))
    await expect(session.incoming.receive()).rejects.toMatchObject({ frameSize: 1026 })
    expect(peer.received().slice(4, 8)).toBe('03f1')
  })

  it('testConversation', async () => {
    const client = testSessionClient(
      websockets(
        webSocket('/', async (session) => {
          for await (const frame of session.incoming) await session.send(`re: ${lineOf(frame)}`)
        }),
      ),
    )
    await client.webSocket(URL_OF, async (session) => {
      for (const word of ['eins', 'zwei', 'drei']) {
        await session.send(word)
        expect(lineOf(await session.incoming.receive())).toBe(`text re: text ${word}`)
      }
    })
  })

  it('testFlushClosed: flush after close does not fail', async () => {
    const { session, peer } = sessionRig()
    void session.close()
    await session.flush()
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })
})

describe('WebSocketBackpressureTest', () => {
  const channels = { incoming: { capacity: 1 }, outgoing: { capacity: 1 } }

  it.each([
    ['default', webSocket('/', { channels }, echo)],
    ['raw', webSocketRaw('/', { channels }, echo)],
  ])('testSessionBackpressure: a hundred echoes in order, %s', async (kind, route) => {
    const client = testSessionClient(websockets(route), { channels })
    const block = async (session: WebSocketSession): Promise<void> => {
      const sending = (async () => {
        for (let i = 0; i < 100; i++) await session.send(String(i))
      })()
      for (let i = 0; i < 100; i++) {
        expect(lineOf(await session.incoming.receive())).toBe(`text ${i}`)
      }
      await sending
    }
    if (kind === 'raw') await client.webSocketRaw(URL_OF, block)
    else await client.webSocket(URL_OF, block)
  })
})

describe('WebSocketEngineSuite', () => {
  it.each([
    ['Consuming', (session: WebSocketSession) => session.incoming.receive()],
    ['Sending', (session: WebSocketSession) => session.send(new Uint8Array(100_000))],
    ['Downtime', (session: WebSocketSession) => session.closed],
  ] as const)('testWebSocketDisconnectDuring%s: also of a raw session', async (_, work) => {
    for (const { session, peer } of [sessionRig(), rawRig()]) {
      peer.stall()
      const working = stateOf(work(session))
      peer.end()
      expect(await working).not.toBe('pending')
      expect((await session.closeReason).code).toBe(1006)
    }
  })

  it('testWebSocketGenericSequence: its bytes, masked as a client has to', () => {
    const { session, peer } = sessionRig()
    peer.send('81 85 00000000 48656c6c6f  88 82 00000000 03e8')
    expect(peer.received()).toBe(hex('88 02 03e8'))
    expect(arrived(session.incoming)).toEqual(['text Hello'])
  })

  it('testWebSocketPingPong: pings that the handler switches on have payload, and go on', () => {
    const { session, peer, clock } = sessionRig()
    session.pingInterval = 50
    for (let i = 0; i < 5; i++) {
      clock.advance(50)
      const [ping] = peer.frames()
      expect([ping!.opcode, ping!.fin, ping!.payload.length > 0]).toEqual([9, true, true])
      peer.send(encodeWire({ opcode: 10, payload: ping!.payload, key: KEY }))
    }
  })

  it('testReceiveMessages: of every length to 125', async () => {
    const { session, peer } = sessionRig()
    for (let i = 1; i <= 125; i++) {
      peer.send(encodeWire({ opcode: 1, payload: 'x'.repeat(i), key: KEY }))
    }
    for (let i = 1; i <= 125; i++) {
      expect((await session.incoming.receive()).byteLength).toBe(i)
    }
  })

  it('testProduceMessages: of every length to 125, then a Close', async () => {
    const { session, peer } = sessionRig()
    for (let i = 1; i <= 125; i++) await session.send('x'.repeat(i))
    void session.close()
    const frames = peer.frames()
    expect(frames.slice(0, -1).map(({ payload }) => payload.length)).toEqual(
      Array.from({ length: 125 }, (_, i) => i + 1),
    )
    expect(frames.at(-1)!.opcode).toBe(8)
  })

  it('testServerClosingFirst: the reason of the server arrives, and the client’s answer after it', async () => {
    const reason = new CloseReason(1013, 'test')
    const client = testSessionClient(
      websockets(webSocket('/', async (session) => void (await session.close(reason)))),
    )
    const session = await client.webSocketSession(URL_OF)
    expect(await session.closed).toMatchObject({
      reason,
      remote: reason,
      local: reason,
      initiator: 'remote',
      clean: true,
    })
  })

  it('testClientClosingFirst: incoming ends, and sends fail', async () => {
    const { session, peer } = sessionRig()
    peer.send('88 82 00000000 03e8')
    expect(await looped(session.incoming)).toEqual([])
    expect(await stateOf(session.send('a'))).toBe('rejected: WebSocketClosedException')
  })

  it('testCorruptFrameWithBadOpcode: a raw session closes with 1002', async () => {
    const { session, peer } = rawRig()
    peer.send('83 80 00000000')
    expect(peer.received().slice(0, 8)).toMatch(/^88..03ea$/)
    expect((await session.closed).reason.code).toBe(1002)
  })
})

describe('TestApplicationTest', () => {
  it('testWebSockets: a hundred growing echoes', async () => {
    const client = testSessionClient(websockets(webSocket('/', echo)))
    await client.webSocket(URL_OF, async (session) => {
      for (let i = 1; i <= 100; i++) {
        await session.send('x'.repeat(i))
        expect((await session.incoming.receive()).byteLength).toBe(i)
      }
    })
  })

  it('testWebSocketWithError: what fails before the upgrade fails the call', async () => {
    const client = testSessionClient(
      websockets(
        bind('/', () => {
          throw new Error('before the upgrade')
        }),
      ),
      { webSockets: { onError() {} } },
    )
    await expect(client.webSocketSession(URL_OF)).rejects.toMatchObject({ status: 500 })
  })

  it('testMultipleParallelWebSocketsRequests: a hundred at once', async () => {
    const client = testSessionClient(
      websockets(webSocket('/:n', (session) => session.send(session.call.parameters.n))),
    )
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        client.webSocket(`${URL_OF}${i}`, async (session) =>
          lineOf(await session.incoming.receive()),
        ),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 100 }, (_, i) => `text ${i}`))
  })
})

describe('the client’s WebSocketTest', () => {
  it('testCountPong: one Pong for each Ping', async () => {
    const client = testSessionClient(
      websockets(
        webSocketRaw('/', async (session) => {
          for (let i = 0; i < 3; i++) void session.send(new Frame.Ping(Uint8Array.of(i)))
          const seen: string[] = []
          for await (const frame of session.incoming) {
            if (frame.type === 'close') break
            seen.push(lineOf(frame))
            if (frame.type === 'text') await session.send(seen.join(' '))
          }
        }),
      ),
    )
    await client.webSocket(URL_OF, async (session) => {
      await session.send('!')
      expect(lineOf(await session.incoming.receive())).toBe('text pong 00 pong 01 pong 02 text !')
    })
  })

  it('testEmptyFrame', async () => {
    const client = testSessionClient(websockets(webSocket('/', echo)))
    await client.webSocket(URL_OF, async (session) => {
      await session.send('')
      await session.send(new Uint8Array(0))
      expect(lineOf(await session.incoming.receive())).toBe('text')
      expect(lineOf(await session.incoming.receive())).toBe('binary')
    })
  })

  it('testMaxFrameSizeSupported: what is too large is thrown out of the block', async () => {
    const client = testSessionClient(websockets(webSocket('/', echo)), { maxFrameSize: 10 })
    const block = async (session: WebSocketSession): Promise<void> => {
      await session.send('short')
      expect(lineOf(await session.incoming.receive())).toBe('text short')
      await session.send('much too long')
      await session.incoming.receive()
    }
    await expect(client.webSocket(URL_OF, block)).rejects.toThrow(FrameTooBigException)
  })

  it('testImmediateReceiveAfterConnect: the frame right behind the handshake is not lost', async () => {
    const client = testSessionClient(
      websockets(webSocket('/', (session) => session.send('at once'))),
    )
    const session = await client.webSocketSession(URL_OF)
    expect(lineOf(await session.incoming.receive())).toBe('text at once')
  })

  it('testSessionTermination: terminate within the block', async () => {
    const client = testSessionClient(websockets(webSocket('/', echo)))
    const record = await client.webSocket(URL_OF, (session) => {
      session.terminate()
      return session.closed
    })
    expect([record.reason.code, record.clean]).toEqual([1006, false])
  })

  it('testBadCloseReason: a peer that closes with 1005 breaks nothing', async () => {
    const client = testSessionClient(
      websockets(
        webSocketRaw('/', (session) => session.send(new Frame.Close(new CloseReason(1005)))),
      ),
    )
    const session = await client.webSocketSession(URL_OF)
    expect((await session.closed).reason.code).toBe(1002)
  })
})
