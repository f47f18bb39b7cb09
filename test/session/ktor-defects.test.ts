import { describe, expect, it } from 'vitest'
import { connect } from '../../src/node/client/connect.ts'
import { node } from '../../src/node/engine.ts'
import { nodeZlib } from '../../src/node/zlib/zlib-port.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { deflate, perMessageDeflate } from '../../src/protocol/deflate/permessage-deflate.ts'
import type { WebSocketExtension } from '../../src/protocol/extension/extension.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { CLIENT_LIMITS } from '../../src/protocol/frame/limits.ts'
import { clientHandshake } from '../../src/protocol/handshake/client-handshake.ts'
import { checkExtensionConflicts } from '../../src/protocol/handshake/negotiation.ts'
import { checkUpgrade } from '../../src/protocol/handshake/server-handshake.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { run } from '../../src/session/run.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { agreementOf } from '../../src/websocket/client/agreement.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { bytes, hex } from '../support/hex.ts'
import { looped, rawRig, sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

/** The defects of Ktor by the numbers of the list that this library was built against: here, none of them is one. */

const TEXT_A = '81 81 00000000 61'
const KEY = new Uint8Array(4)

describe('B1: a close always comes to its end', () => {
  it('when the peer neither answers nor goes away', async () => {
    const { session, peer, clock } = sessionRig()
    const ran = run(session, () => {})
    await settled()
    expect(peer.received()).toBe(hex('88 02 03e8'))
    clock.advance(9999)
    expect(await stateOf(ran)).toBe('pending')
    clock.advance(1)
    expect(await stateOf(ran)).toBe('resolved')
    expect(peer.ended).toBe(true)
    expect(session.closeRecord).toMatchObject({
      local: { code: 1000 },
      remote: undefined,
      clean: false,
      cause: { message: 'the peer did not finish the close handshake within 10000 ms' },
    })
    expect(clock.pending).toBe(0)
  })
})

describe('B2: the close reason is the one that counted', () => {
  it.each([
    ['a frame that is too big', '82 ff 0000000001000000 00000000', 1009],
    ['a violation', '83 80 00000000', 1002],
  ])('for %s', async (_, wire, code) => {
    const { session, peer } = sessionRig()
    peer.send(wire)
    expect((await session.closeReason).code).toBe(code)
    expect(peer.received().slice(4, 8)).toBe(code.toString(16).padStart(4, '0'))
  })

  it('and both sides’ are told, and who began, and whether it was clean', async () => {
    const { session, peer } = sessionRig()
    const closed = session.close(new CloseReason(4000))
    peer.send('88 82 00000000 0fa1')
    expect(await closed).toMatchObject({
      local: { code: 4000 },
      remote: { code: 4001 },
      initiator: 'local',
      clean: true,
    })
  })

  it('when an extension fails on the way out', async () => {
    const broken: WebSocketExtension = {
      name: 'broken',
      config: undefined,
      processOutgoingFrame() {
        throw new Error('secret detail')
      },
      processIncomingFrame: (frame) => frame,
    }
    const { session, peer } = sessionRig({}, { extensions: [broken] })
    void session.send('a')
    expect(await session.closed).toMatchObject({
      reason: { code: 1011, message: 'Extension failed' },
      cause: { message: 'secret detail' },
    })
    expect(hex(peer.frames()[0]!.payload)).toBe(hex('03f3 457874656e73696f6e206661696c6564'))
  })

  it('when more was sent than the channel holds', async () => {
    const { session, peer, clock } = sessionRig({
      channels: { outgoing: { capacity: 1, onOverflow: 'close' } },
    })
    peer.stall()
    void session.send(new Uint8Array(70_000))
    void session.send('a')
    void session.send('b')
    clock.advance(10_000)
    expect((await session.closeReason).code).toBe(1013)
  })

  it('1005 for a Close without one', async () => {
    const { session, peer } = sessionRig()
    peer.send('88 80 00000000')
    expect(await session.closed).toMatchObject({ reason: { code: 1005, message: '' }, clean: true })
  })
})

describe('B3: nothing wrong goes over the wire', () => {
  it('at the end of a transport: no Close is made up', async () => {
    const { session, peer } = sessionRig()
    peer.end()
    await session.closed
    expect(peer.received()).toBe('')
  })

  it.each([
    ['corrupt', 'c1 84 00000000 ffffffff', 1007],
    ['bigger than the limit when inflated', undefined, 1009],
  ])('for compressed content that is %s', async (_, wire, code) => {
    const extensions = [perMessageDeflate()]
    const app = websockets(webSocket('/', (session) => session.closed))
    const webSockets = { extensions, maxMessageSize: 1000 }
    const client = testWsClient(app, '/', { extensions, webSockets, zlib: nodeZlib })
    const { link } = await client.opened
    if (wire === undefined) client.send(new Uint8Array(1_000_000))
    else link.sendFrame?.(new Frame.Text(bytes('ffffffff'), true, true))
    expect((await client.closed).code).toBe(code)
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])(
    'a peer that closes with %d breaks the protocol',
    async (code) => {
      const { session, peer } = sessionRig()
      const payload = Uint8Array.of(code >> 8, code & 0xff)
      peer.send(encodeWire({ opcode: 8, payload, key: KEY }))
      expect((await session.closeReason).code).toBe(1002)
      expect(peer.received().slice(4, 8)).toBe('03ea')
    },
  )

  it.each([0, 1005, 1015, 2999])('a user cannot close with %d', (code) => {
    const { session, peer } = sessionRig()
    expect(() => session.close(new CloseReason(code))).toThrow(RangeError)
    expect(peer.received()).toBe('')
  })
})

describe('B4: the peer is told how it ended', () => {
  it('1011 when the handler throws, and nothing of what it threw', async () => {
    const app = websockets(webSocket('/', () => Promise.reject(new Error('secret'))))
    const client = testWsClient(app, '/', { webSockets: { onError() {} } })
    expect(await client.closed).toEqual(new CloseReason(1011, 'Internal error'))
  })

  it('1001 when the server stops, and the handler ends', async () => {
    let ended: () => void = () => {}
    const finished = new Promise<void>((resolve) => {
      ended = resolve
    })
    const app = websockets(
      webSocket('/', async (session) => {
        try {
          await session.send('open')
          for await (const _ of session.incoming);
        } finally {
          ended()
        }
      }),
    )
    const server = await serve(app, node())
    const client = connect(server.url)
    for await (const message of client.received()) {
      expect(message.text()).toBe('open')
      break
    }
    await server.stop()
    await finished
    expect((await client.closed).is(WsStatus.GOING_AWAY)).toBe(true)
  })
})

describe('B5: the protocol is kept strictly', () => {
  it.each([
    ['an unmasked frame from a client', '81 01 61', 1002],
    ['a reserved bit without an extension', 'c1 81 00000000 61', 1002],
    ['text that is not UTF-8', '81 81 00000000 ff', 1007],
    ['a close payload of one byte', '88 81 00000000 03', 1002],
    ['a length in more octets than it needs', '81 fe 0001 00000000 61', 1002],
  ])('by a server: %s', async (_, wire, code) => {
    const { session, peer } = sessionRig()
    peer.send(wire)
    expect((await session.closeReason).code).toBe(code)
  })

  it('by a client: a masked frame from a server', async () => {
    const { session, peer } = sessionRig({}, { role: 'client' })
    peer.send(TEXT_A)
    expect((await session.closeReason).code).toBe(1002)
  })
})

describe('B6: the handshake is checked', () => {
  const head: Readonly<Record<string, string>> = {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  const checked = (changes: Readonly<Record<string, string | undefined>>): number => {
    const fields = { ...head, ...changes }
    const header = (name: string): string | null => fields[name] ?? null
    const check = checkUpgrade({ method: 'GET', httpVersion: '1.1', header })
    return check.ok ? 101 : check.status
  }

  it.each([
    [{}, 101],
    [{ 'sec-websocket-version': '8' }, 426],
    [{ 'sec-websocket-key': undefined }, 400],
    [{ 'sec-websocket-key': 'short' }, 400],
  ])('by a server: with %j it answers %d', (changes, status) => {
    expect(checked(changes)).toBe(status)
  })

  it.each([
    ['another accept key', { 'sec-websocket-accept': 'x' }],
    ['a subprotocol that was not offered', { 'sec-websocket-protocol': 'chat' }],
    ['an extension that was not offered', { 'sec-websocket-extensions': 'permessage-deflate' }],
  ])('by a client: it does not take %s', (_, changes) => {
    const handshake = clientHandshake({
      url: new URL('ws://localhost/'),
      key: 'dGhlIHNhbXBsZSBub25jZQ==',
      protocols: [],
      extensions: [],
      headers: undefined,
    })
    const fields: Readonly<Record<string, string>> = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    }
    const context = { role: 'client', limits: CLIENT_LIMITS, zlib: undefined } as const
    const agreed = (all: Readonly<Record<string, string>>): boolean =>
      typeof agreementOf({ status: 101, headers: new Headers(all) }, handshake, [], context) !==
      'string'
    expect(agreed(fields)).toBe(true)
    expect(agreed({ ...fields, ...changes })).toBe(false)
  })

  it('and so is the origin', async () => {
    const app = websockets(webSocket('/', () => {}))
    const headers = { Origin: 'https://evil.example' }
    await expect(testWsClient(app, '/', { headers }).opened).rejects.toMatchObject({ status: 403 })
  })
})

describe('B7: a close reason cannot hurt whoever reads it', () => {
  const payload = Uint8Array.of(0x03, 0xe8, ...new Uint8Array(123).fill(0xff))
  const wire = encodeWire({ opcode: 8, payload, key: KEY })

  it('of 123 bytes that are not UTF-8: the session closes with 1007', async () => {
    const { session, peer } = sessionRig()
    peer.send(wire)
    expect((await session.closeReason).code).toBe(1007)
  })

  it('of a raw session, too: it is read with U+FFFD, cut to what fits', async () => {
    const { session, peer } = rawRig()
    peer.send(wire)
    const frame = await session.incoming.receive()
    expect(frame.type === 'close' && frame.readReason()).toEqual(
      new CloseReason(1000, '\ufffd'.repeat(41)),
    )
  })
})

describe('B8: a 64-bit length is what it says', () => {
  it.each(['8000000000000003', '8000000000000000', 'ffffffffffffffff'])(
    '%s breaks the protocol',
    async (length) => {
      const { session, peer } = sessionRig()
      peer.send(`82 ff ${length} 00000000`)
      expect((await session.closeReason).code).toBe(1002)
    },
  )
})

describe('B9: the ping timeout does not depend on how pings were configured', () => {
  it('pings that are switched on later wait for their Pong as long as any', async () => {
    const { session, peer, clock } = sessionRig({}, { role: 'client' })
    session.pingInterval = 1000
    clock.advance(1000)
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9])
    clock.advance(14_999)
    expect(session.closeRecord).toBeUndefined()
    clock.advance(1)
    expect(await session.closeReason).toEqual(new CloseReason(1011, 'Ping timeout'))
  })
})

describe('B10: nothing grows without bound, and no limit loses a message or a reason', () => {
  it('incoming is bounded by default, in bytes and frames', () => {
    const { peer } = sessionRig()
    const chunk = encodeWire({ opcode: 2, payload: new Uint8Array(65_536), key: KEY })
    for (let i = 0; i < 34; i++) peer.send(chunk)
    expect(peer.waiting).toBeGreaterThan(0)
    const many = sessionRig()
    for (let i = 0; i < 2050; i++) many.peer.send(TEXT_A)
    expect(many.peer.waiting).toBeGreaterThan(0)
  })

  it('an overflow closes with 1013 and the exception, always, and the first messages stay', async () => {
    for (let i = 0; i < 25; i++) {
      const { session, peer } = sessionRig({
        channels: { incoming: { capacity: 2, onOverflow: 'close' } },
      })
      for (let n = 0; n < 10; n++) peer.send(TEXT_A)
      peer.send('88 82 00000000 03f5')
      expect(await looped(session.incoming)).toEqual([
        'text a',
        'text a',
        'ChannelOverflowException',
      ])
      expect((await session.closeReason).code).toBe(1013)
      expect(peer.frames()[0]!.payload.slice(0, 2)).toEqual(bytes('03f5'))
    }
  })

  it('a slow handler is not taken for dead while its channel fills', () => {
    const { session, peer } = sessionRig()
    for (let i = 0; i < 1024; i++) peer.send(TEXT_A)
    peer.send('89 81 00000000 70')
    expect(peer.received()).toBe(hex('8a 01 70'))
    expect(session.closeRecord).toBeUndefined()
  })

  it('Pongs do not wait behind data, and data comes in though nothing goes out', () => {
    const { session, peer } = sessionRig()
    peer.stall()
    for (let i = 0; i < 100; i++) void session.send(new Uint8Array(10_000))
    for (let i = 0; i < 100; i++) peer.send(`89 81 00000000 70 ${TEXT_A}`)
    expect(peer.waiting).toBe(0)
    peer.read()
    const opcodes = peer.frames().map(({ opcode }) => opcode)
    expect(opcodes.indexOf(10)).toBeLessThan(15)
  })

  it('close is no longer behind a full queue than its timeout', async () => {
    const { session, peer, clock } = sessionRig({ closeTimeout: 1000 })
    peer.stall()
    for (let i = 0; i < 100; i++) void session.send(new Uint8Array(10_000))
    const closed = session.close()
    clock.advance(1000)
    expect((await closed).clean).toBe(false)
  })
})

describe('B11: a raw session speaks the protocol', () => {
  it('fragments are continuations on the wire', async () => {
    const { session, peer } = rawRig()
    await session.send(new Frame.Text(bytes('61'), false))
    await session.send(new Frame.Text(bytes('62'), false))
    await session.send(new Frame.Text(bytes('63'), true))
    expect(peer.received()).toBe(hex('01 01 61  00 01 62  80 01 63'))
  })

  it('a masking key of all ones is a key', async () => {
    const { session, peer } = rawRig()
    peer.send('81 81 ffffffff 9e')
    expect((await session.incoming.receive()).data).toEqual(bytes('61'))
  })

  it('fragments beside deflate are not compressed one by one', async () => {
    const extensions = [perMessageDeflate({ compressIfBiggerThan: 0 })]
    const app = websockets(
      webSocket('/', async (session) => {
        expect(session.extensions).toHaveLength(1)
        await session.send(new Frame.Text(new TextEncoder().encode('a'.repeat(100)), false))
        await session.send(new Frame.Text(new TextEncoder().encode('b'.repeat(100)), true))
      }),
    )
    const client = testWsClient(app, '/', {
      extensions,
      webSockets: { extensions },
      zlib: nodeZlib,
    })
    for await (const message of client.received()) {
      expect(message.text()).toBe('a'.repeat(100) + 'b'.repeat(100))
    }
    expect((await client.closed).code).toBe(1000)
  })
})

describe('B12: extensions', () => {
  it('that claim one reserved bit cannot be configured together', () => {
    expect(() => checkExtensionConflicts([deflate(), perMessageDeflate()])).toThrow(
      'cannot be configured together',
    )
  })

  it('decline an offer that they cannot meet, and the connection opens without them', () => {
    const context = { role: 'server', limits: { maxMessageSize: 1 }, zlib: nodeZlib } as const
    for (const value of ['7', '16', 'x']) {
      const parameters = [{ name: 'server_max_window_bits', value }]
      const offer = { name: 'permessage-deflate', parameters }
      expect(perMessageDeflate().negotiate([offer], context)).toBeUndefined()
    }
  })

  it('unpack in the reverse of the order in which they packed', async () => {
    const seen: string[] = []
    const named = (name: string): WebSocketExtension => ({
      name,
      config: undefined,
      processOutgoingFrame: (frame) => {
        seen.push(`out ${name}`)
        return frame
      },
      processIncomingFrame: (frame) => {
        seen.push(`in ${name}`)
        return frame
      },
    })
    const { session, peer } = sessionRig({}, { extensions: [named('a'), named('b')] })
    await session.send('x')
    peer.send(TEXT_A)
    expect(seen).toEqual(['out a', 'out b', 'in b', 'in a'])
  })
})

describe('B13: a ping timeout ends everything', () => {
  it('though nobody reads, and the peer stays silent', async () => {
    const { session, peer, clock } = sessionRig({ pingInterval: 500, pongTimeout: 500 })
    const { signal } = session
    clock.advance(1000)
    expect([signal.aborted, session.closeRecord?.reason.code]).toEqual([true, 1011])
    clock.advance(10_000)
    expect(peer.ended).toBe(true)
    expect(clock.pending).toBe(0)
  })
})

describe('B14: a session that ends before it has begun', () => {
  it('ends', async () => {
    const { session } = sessionRig()
    session.terminate()
    expect((await session.closed).reason.code).toBe(1006)
  })

  it('ends when its socket had ended before', async () => {
    const { socket } = sessionRig()
    socket.terminate()
    const session = new DefaultWebSocketSessionImpl(socket)
    expect(await looped(session.incoming)).toEqual([])
    expect((await session.closed).reason.code).toBe(1006)
    expect(await session.close()).toBe(session.closeRecord)
  })
})

describe('B15: clients take every Close', () => {
  it.each([
    ['without a payload', '88 00', 1005],
    ['with a private code', '88 02 0bb8', 3000],
    ['with another one', '88 05 1387 627965', 4999],
  ])('%s', async (_, wire, code) => {
    const { session, peer } = sessionRig({ controlFrames: true }, { role: 'client' })
    peer.send(wire)
    expect(await session.closed).toMatchObject({ reason: { code }, clean: true })
    expect(hex(peer.frames()[0]!.payload)).toBe(hex(wire).slice(4))
    const [line] = await looped(session.incoming)
    expect(line).toMatch(/^close/)
  })
})
