import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import type { WebSocketExtension } from '../../../src/protocol/extension/extension.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { ConnectionLostException, NotSupportedException } from '../../../src/websocket/errors.ts'
import { sharedFrames } from '../../../src/websocket/shared-frames.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { bytes, hex } from '../../support/hex.ts'
import { rig, settled, watch } from '../../support/socket-rig.ts'

const HELLO = '81 85 37fa213d 7f9f4d5158'
const TEXT_A = '81 81 00000000 61'
const TEXT_B = '81 81 00000000 62'

describe('a socket', () => {
  it('tells what it was opened by', () => {
    const { socket } = rig({ protocol: 'chat.v1' })
    expect(socket.protocol).toBe('chat.v1')
    expect(socket.upgradeRequest.url).toBe('http://localhost/')
    expect(socket.state).toBe('open')
    expect(socket.bufferedAmount).toBe(0)
    expect(socket.link).toBe(socket.link)
    expect(socket.link.extensions).toEqual([])
  })

  it('hears messages, text and bytes', () => {
    const one = rig()
    watch(one)
    one.peer.send(`${HELLO} 82 83 00000000 0001ff`)
    expect(one.log).toEqual(['text Hello', 'binary 0001ff'])
  })

  it('gives bytes of exactly their size, never a piece of the read buffer', () => {
    const { socket, peer } = rig()
    const seen: Uint8Array<ArrayBuffer>[] = []
    socket.onMessage((message) => seen.push(message.bytes()))
    peer.send('82 82 00000000 0102  02 81 00000000 03  80 81 00000000 04')
    expect(seen).toEqual([bytes('01 02'), bytes('03 04')])
    expect(seen.map((content) => content.buffer.byteLength)).toEqual([2, 2])
  })

  it('knows the length of text it received, so that sending it again costs no look', () => {
    const { socket, peer } = rig()
    socket.onMessage((message) => {
      expect(message.knownLength).toBe(6)
      socket.send(message)
    })
    peer.send('81 86 00000000 e282ac e282ac')
    expect(peer.received()).toBe(hex('81 06 e282ac e282ac'))
  })

  it('sends strings, bytes and messages', () => {
    const { socket, peer } = rig()
    expect(socket.send('é')).toBe(true)
    expect(socket.send(bytes('01 02'))).toBe(true)
    expect(socket.send(WsMessage.text('a'))).toBe(true)
    expect(socket.send(WsMessage.binary(bytes('03')))).toBe(true)
    expect(peer.received()).toBe(hex('81 02 c3a9  82 02 0102  81 01 61  82 01 03'))
  })

  it('listens with functions only', () => {
    const { socket } = rig()
    for (const listen of [socket.onMessage, socket.onError, socket.onClose]) {
      expect(() => Reflect.apply(listen, socket, ['message'])).toThrow(TypeError)
    }
  })

  it('sends nothing else, however much is waiting', () => {
    const { socket, peer } = rig()
    const send = (wrong: unknown): unknown => Reflect.apply(socket.send, socket, [wrong])
    for (const wrong of [5, undefined, {}, new Float64Array(1), new ArrayBuffer(1)]) {
      expect(() => send(wrong)).toThrow('a message is made of a string or a Uint8Array')
    }
    peer.stall()
    socket.send('a')
    expect(() => send(5)).toThrow(TypeError)
    peer.read()
    expect(peer.received()).toBe(hex('81 01 61'))
  })

  it('sends a copy: what becomes of the bytes afterwards does not matter', () => {
    const { socket, peer } = rig()
    peer.stall()
    const buffer = Buffer.from('abc')
    const view = new Uint8Array(40_000).fill(1).subarray(100, 20_100)
    socket.send(buffer)
    socket.send(buffer.subarray(1))
    socket.send(view)
    buffer.fill(0)
    view.fill(0)
    peer.read()
    const [first, second, third] = peer.frames()
    expect([hex(first!.payload), hex(second!.payload)]).toEqual(['616263', '6263'])
    expect(third!.payload.every((octet) => octet === 1)).toBe(true)
  })

  it('sends a message that went out before by the frame kept of it', () => {
    const message = WsMessage.text('Hello')
    const rooms = [rig(), rig(), rig()]
    for (const { socket } of rooms) socket.send(message)
    const received = rooms.map(({ peer }) => peer.received())
    expect(new Set(received)).toEqual(new Set([hex('81 05 48656c6c6f')]))
    const frame = message.sharedFrames(sharedFrames)?.plain()
    expect(frame).toBeDefined()
    expect(message.sharedFrames(sharedFrames)?.plain()).toBe(frame)
  })

  it('sends no frame kept of a message where it masks, or has extensions', () => {
    const message = WsMessage.text('Hello')
    const client = rig({ role: 'client' })
    const extended = rig({
      extensions: [
        {
          name: 'x',
          config: undefined,
          processOutgoingFrame: (frame) => frame,
          processIncomingFrame: (frame) => frame,
        },
      ],
    })
    for (const { socket, peer } of [client, extended]) {
      for (let i = 0; i < 3; i++) socket.send(message)
      expect(peer.frames().map(({ payload }) => hex(payload))).toEqual(
        Array(3).fill(hex('48656c6c6f')),
      )
    }
    expect(message.sharedFrames(sharedFrames)?.plain()).toBeUndefined()
  })

  it('sends what an extension made of a message to all whose extension is alike', () => {
    let made = 0
    const extension = (alike: string | undefined): WebSocketExtension => ({
      name: 'x',
      config: undefined,
      alike,
      processOutgoingFrame: ({ frameType }) =>
        Frame.byType(true, frameType, Uint8Array.of(++made), true),
      processIncomingFrame: (frame) => frame,
    })
    const sent = (message: WsMessage, rooms: readonly WebSocketExtension[][]): string[] =>
      rooms.map((extensions) => {
        const { socket, peer } = rig({ extensions, reserved: 0x40 })
        socket.send(message)
        return peer.received()
      })
    const like = (alike: string | undefined): WebSocketExtension[] => [extension(alike)]
    const text = sent(WsMessage.text('Hello'), [like('a'), like('a'), like('a'), like('a')])
    expect(text).toEqual(['c10101', 'c10102', 'c10102', 'c10102'])
    const binary = sent(WsMessage.binary(bytes('01')), [like('a'), like('a'), like('a')])
    expect(binary).toEqual(['c20103', 'c20104', 'c20104'])
    const others = [like('a'), like('b'), like(undefined), like(undefined), like('b')]
    expect(sent(WsMessage.text('Hello'), others)).toEqual(
      ['05', '06', '07', '08', '06'].map((octet) => `c101${octet}`),
    )
    const two = (): WebSocketExtension[] => [extension('a'), extension('a')]
    expect(new Set(sent(WsMessage.text('Hello'), [two(), two(), two()])).size).toBe(3)
    const client = rig({ role: 'client', extensions: like('a'), reserved: 0x40 })
    const message = WsMessage.text('Hello')
    for (let i = 0; i < 3; i++) client.socket.send(message)
    expect(new Set(client.peer.frames().map(({ payload }) => hex(payload))).size).toBe(3)
  })

  it('closes by itself when its extension fails to make what others would get, too', () => {
    let failing = false
    const extension: WebSocketExtension = {
      name: 'x',
      config: undefined,
      alike: 'a',
      processOutgoingFrame(frame) {
        if (failing) throw new Error('no')
        return frame
      },
      processIncomingFrame: (frame) => frame,
    }
    const message = WsMessage.text('Hello')
    const [first, second, third] = [0, 1, 2].map(() => rig({ extensions: [extension] }))
    first!.socket.send(message)
    failing = true
    second!.socket.send(message)
    failing = false
    third!.socket.send(message)
    expect([first, second, third].map((each) => each!.peer.frames()[0]!.opcode)).toEqual([1, 8, 1])
    expect(second!.socket.state).toBe('closed')
  })

  it('says that it was accepted for messages', () => {
    const { socket } = rig()
    expect(() => socket.frames).toThrow(NotSupportedException)
    expect(() => socket.frames).toThrow(
      "this socket was accepted for messages: accept(consumer, { mode: 'frames' }) or { mode: 'fragments' } gives one with frames",
    )
  })
})

describe('messages before a listener', () => {
  it('are held, also when they come with the handshake, and told to the first listener', async () => {
    const one = rig()
    one.peer.send(`${TEXT_A} ${TEXT_B}`)
    watch(one)
    expect(one.log).toEqual([])
    await settled()
    expect(one.log).toEqual(['text a', 'text b'])
  })

  it('are told even when the socket has closed meanwhile', async () => {
    const one = rig()
    one.peer.send(`${TEXT_A} 88 82 00000000 03e8`)
    watch(one)
    await settled()
    expect(one.log.toSorted()).toEqual(['close 1000', 'text a'])
  })

  it('are told before an end that comes in the turn in which somebody listens', async () => {
    const one = rig()
    one.peer.send(TEXT_A)
    watch(one)
    one.peer.send('88 82 00000000 03e8')
    expect(one.socket.state).toBe('closed')
    await settled()
    expect(one.log).toEqual(['text a', 'close 1000'])
  })

  it('wait for a consumer that listens late', async () => {
    let listen = () => {}
    const one = rig({}, async (socket) => {
      await new Promise<void>((resolve) => {
        listen = resolve
      })
      watch({ socket: one.socket, log: one.log })
      expect(socket.state).toBe('open')
    })
    for (let i = 0; i < 400; i++) one.peer.send(TEXT_A)
    listen()
    await settled()
    expect(one.log).toHaveLength(400)
    expect(one.reports).toEqual([])
  })
})

describe('a listener that fails', () => {
  it('is told to onError, and the socket stays open', async () => {
    const one = rig()
    watch(one)
    one.socket.onMessage((message) => {
      throw new Error(`cannot take ${message.text()}`)
    })
    one.socket.onMessage(async (message) => {
      await Promise.resolve()
      throw new Error(`later: ${message.text()}`)
    })
    one.peer.send(TEXT_A)
    await settled()
    expect(one.log).toEqual(['text a', 'error cannot take a', 'error later: a'])
    expect(one.socket.state).toBe('open')
    expect(one.reports).toEqual([])
  })

  it('without onError is told to the hook, and the socket closes 1011 with no inner detail', () => {
    const { socket, peer, reports } = rig()
    socket.onMessage(() => {
      throw new Error('secret')
    })
    peer.send(TEXT_A)
    expect(reports).toEqual([new Error('secret')])
    expect(peer.received()).toBe(hex('88 10 03f3 496e7465726e616c206572726f72'))
    expect(socket.state).toBe('closing')
  })

  it('without onError is the last, even if the peer ignores the Close', () => {
    const { socket, peer, reports } = rig()
    let calls = 0
    socket.onMessage(() => {
      throw new Error(`call ${++calls}`)
    })
    for (let i = 0; i < 3; i++) peer.send(TEXT_A)
    expect(reports).toEqual([new Error('call 1')])
    peer.send('88 80 00000000')
    expect(socket.state).toBe('closed')
  })

  it('that rejects without onError ends the same way', async () => {
    const { socket, peer, reports } = rig()
    socket.onMessage(() => Promise.reject('secret'))
    peer.send(TEXT_A)
    await settled()
    expect(reports).toEqual([new Error('secret')])
    expect(peer.received()).toBe(hex('88 10 03f3 496e7465726e616c206572726f72'))
  })
})

describe('a consumer', () => {
  it('that throws ends the socket with 1011, the hook is told', () => {
    const { peer, reports } = rig({}, () => {
      throw new Error('consumer')
    })
    expect(reports).toEqual([new Error('consumer')])
    expect(peer.frames()).toMatchObject([
      { opcode: 8, payload: bytes('03f3 496e7465726e616c206572726f72') },
    ])
  })

  it('that rejects ends the socket with 1011, the hook is told', async () => {
    const { peer, reports } = rig({}, async () => {
      await Promise.resolve()
      throw new Error('consumer')
    })
    expect(reports).toEqual([])
    await settled()
    expect(reports).toEqual([new Error('consumer')])
    expect(peer.frames()).toMatchObject([{ opcode: 8 }])
  })

  it('that fails after it has set onError is told there, and the socket stays open', async () => {
    const errors: string[] = []
    const listening = rig({}, (socket) => {
      socket.onError((error) => errors.push(error.message))
      throw new Error('sync')
    })
    const later = rig({}, async (socket) => {
      socket.onError((error) => errors.push(error.message))
      await Promise.reject(new Error('async'))
    })
    await settled()
    expect(errors).toEqual(['sync', 'async'])
    for (const { socket, reports } of [listening, later]) {
      expect(socket.state).toBe('open')
      expect(reports).toEqual([])
    }
  })

  it('that settles leaves the socket open', async () => {
    const { socket, peer } = rig({}, async () => {})
    await settled()
    expect(socket.state).toBe('open')
    expect(peer.received()).toBe('')
  })
})

describe('the end of a socket', () => {
  it.each([
    ['1000', '88 82 00000000 03e8', 'close 1000', '88 02 03e8'],
    [
      'a code of its own and a text',
      '88 84 00000000 0fa0 6f6b',
      'close 4000 ok',
      '88 04 0fa0 6f6b',
    ],
    ['an empty Close', '88 80 00000000', 'close 1005', '88 00'],
  ])('by the peer with %s', (_, content, line, answer) => {
    const one = rig()
    watch(one)
    one.peer.send(content)
    expect(one.log).toEqual([line])
    expect(one.peer.received()).toBe(hex(answer))
    expect(one.socket.state).toBe('closed')
    expect(one.peer.ended).toBe(true)
    one.peer.end()
    expect(one.log).toEqual([line])
    expect(one.gone()).toBe(1)
    expect(one.clock.pending).toBe(0)
  })

  it('by us: 1000 without an argument, and the status that was asked for', () => {
    const plain = rig()
    const asked = rig()
    for (const one of [plain, asked]) watch(one)
    plain.socket.close()
    asked.socket.close(WsStatus.GOING_AWAY)
    expect(plain.peer.received()).toBe(hex('88 02 03e8'))
    expect(asked.peer.received()).toBe(hex('88 0c 03e9 476f696e672061776179'))
    expect(plain.socket.state).toBe('closing')
    expect(plain.log).toEqual([])
    plain.peer.send('88 82 00000000 03e8')
    asked.peer.send('88 82 00000000 03e8')
    expect(plain.log).toEqual(['close 1000'])
    expect(asked.log).toEqual(['close 1001 Going away'])
    expect(asked.socket.link.closeRecord).toMatchObject({
      local: { code: 1001 },
      remote: { code: 1000 },
      initiator: 'local',
      clean: true,
    })
  })

  it('by us with a code that cannot be sent is refused (B3)', () => {
    const { socket, peer } = rig()
    expect(() => socket.close(WsStatus.ABNORMAL_CLOSE)).toThrow(RangeError)
    expect(socket.state).toBe('open')
    expect(peer.received()).toBe('')
  })

  it('by us is asked for once: the first status wins', () => {
    const { socket, peer } = rig()
    socket.close(new CloseReason(4000))
    socket.close(new CloseReason(4001))
    socket.send('late')
    expect(peer.received()).toBe(hex('88 02 0fa0'))
    peer.send('88 80 00000000')
    socket.close(new CloseReason(4002))
    expect(socket.link.closeRecord?.reason.code).toBe(4000)
  })

  it('without a Close from the peer is 1006', () => {
    const one = rig()
    watch(one)
    one.peer.end()
    expect(one.log).toEqual(['close 1006 Connection lost'])
    expect(one.gone()).toBe(1)
    expect(one.socket.link.closeRecord).toMatchObject({
      initiator: 'transport',
      clean: false,
      cause: new ConnectionLostException('the peer closed the transport without a close handshake'),
    })
  })

  it('by a transport that breaks is 1006, with the error as cause', () => {
    const one = rig()
    watch(one)
    const reset = new Error('ECONNRESET')
    one.socket.handler.onGone(reset)
    one.socket.handler.onGone(undefined)
    expect(one.log).toEqual(['close 1006 Connection lost'])
    const { cause } = one.socket.link.closeRecord!
    expect(cause).toBeInstanceOf(ConnectionLostException)
    expect(cause).toMatchObject({ message: 'ECONNRESET', cause: reset })
    expect(one.gone()).toBe(1)
  })

  it('by a transport that goes without a word says so', () => {
    const { socket } = rig()
    socket.handler.onGone(undefined)
    expect(socket.link.closeRecord?.cause?.message).toBe('the connection was lost')
  })

  it('by terminate is at once, and 1006', () => {
    const one = rig()
    watch(one)
    one.socket.terminate()
    one.socket.terminate()
    expect(one.log).toEqual(['close 1006 Connection lost'])
    expect(one.peer.received()).toBe('')
    expect(one.peer.ended).toBe(true)
    expect(one.gone()).toBe(1)
    expect(one.socket.send('a')).toBe(false)
  })

  it('is told to who listens afterwards', async () => {
    const one = rig()
    one.peer.send('88 80 00000000')
    watch(one)
    expect(one.log).toEqual([])
    await settled()
    expect(one.log).toEqual(['close 1005'])
  })

  it('for a peer that breaks the protocol is told to onError, then to onClose', () => {
    const one = rig()
    watch(one)
    one.peer.send('81 05 48656c6c6f')
    expect(one.log).toEqual([
      'error frames from a client must be masked',
      'close 1002 frames from a client must be masked',
    ])
    expect(one.peer.frames()).toMatchObject([{ opcode: 8 }])
    expect(one.peer.ended).toBe(true)
    expect(one.reports).toEqual([])
  })

  it('for a message past the limit carries the size', () => {
    const { socket, peer } = rig({ limits: { maxMessageSize: 4 } })
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    peer.send('82 85 00000000')
    expect(errors).toMatchObject([
      { name: 'FrameTooBigException', code: 'ERR_WEBSOCKET_TOO_BIG', frameSize: 5 },
    ])
    expect(socket.link.closeRecord?.reason.code).toBe(1009)
  })

  it('for a server that breaks the protocol is not waited for', () => {
    const { socket, peer } = rig({ role: 'client' })
    peer.send('83 00')
    expect(socket.state).toBe('closed')
    expect(peer.ended).toBe(true)
  })

  it('is waited for by a client, whose server closes the transport first', () => {
    const client = rig({ role: 'client' })
    client.peer.send('88 02 03e8')
    expect(client.socket.state).toBe('closed')
    expect(client.peer.ended).toBe(false)
    expect(client.gone()).toBe(0)
    client.peer.end()
    expect(client.gone()).toBe(1)
    expect(client.peer.ended).toBe(true)
    expect(client.clock.pending).toBe(0)
  })
})

describe('a peer that does not finish the close handshake', () => {
  it('is given ten seconds, then the transport is destroyed, and the record tells (B1)', () => {
    const one = rig()
    watch(one)
    one.socket.close()
    one.clock.advance(9_999)
    expect(one.gone()).toBe(0)
    expect(one.log).toEqual([])
    one.clock.advance(1)
    expect(one.gone()).toBe(1)
    expect(one.log).toEqual(['close 1000'])
    expect(one.socket.link.closeRecord).toMatchObject({
      local: { code: 1000 },
      remote: undefined,
      initiator: 'local',
      clean: false,
      cause: new ConnectionLostException(
        'the peer did not finish the close handshake within 10000 ms',
      ),
    })
    expect(one.clock.pending).toBe(0)
  })

  it('may send on meanwhile', () => {
    const one = rig({ closeTimeout: 50 })
    watch(one)
    one.socket.close()
    one.clock.advance(40)
    one.peer.send(TEXT_A)
    one.clock.advance(40)
    expect(one.log).toEqual(['text a', 'close 1000'])
  })

  it('by closing the transport is let go of in time', () => {
    const one = rig({ closeTimeout: 50 })
    watch(one)
    one.peer.send('88 82 00000000 03e8')
    expect(one.gone()).toBe(0)
    one.clock.advance(50)
    expect(one.gone()).toBe(1)
    expect(one.log).toEqual(['close 1000'])
    expect(one.socket.link.closeRecord).toMatchObject({ clean: true, cause: undefined })
  })
})

it('a socket may be shut down with a time of its own for the handshake', () => {
  const one = rig({ closeTimeout: 10_000 })
  one.socket.shutDown(WsStatus.GOING_AWAY, 50)
  expect(one.peer.frames()).toMatchObject([{ opcode: 8 }])
  one.clock.advance(49)
  expect(one.gone()).toBe(0)
  one.clock.advance(1)
  expect(one.gone()).toBe(1)
  expect(one.socket.link.closeRecord).toMatchObject({ local: { code: 1001 }, clean: false })
})
