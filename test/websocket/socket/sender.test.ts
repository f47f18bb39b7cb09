import { describe, expect, it } from 'vitest'
import { type BinaryFrame, Frame, type TextFrame } from '../../../src/protocol/frame/frame.ts'
import { OverflowException } from '../../../src/websocket/errors.ts'
import { Sender } from '../../../src/websocket/socket/sender.ts'
import type { Transport } from '../../../src/websocket/socket/transport.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import type { ByteCollector } from '../../support/byte-collector.ts'
import { held } from '../../support/held.ts'
import { bytes, hex } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'
import { type Rig, type RigOptions, rig, settled, watch } from '../../support/socket-rig.ts'

/** A socket whose peer does not read: of what it sends, each frame takes 4 bytes more than its payload. */
function stalled(options: RigOptions = {}): Rig {
  const one = rig({ highWaterMark: 1000, maxBufferedAmount: 2000, ...options })
  watch(one)
  one.peer.stall()
  return one
}

/** A sender, with its output at hand. */
function sending(): {
  readonly sender: Sender
  readonly output: ByteCollector
  readonly log: string[]
} {
  const { connection, output } = new Machine()
  const log: string[] = []
  const transport: Transport = Object.assign(output, {
    bufferedAmount: 0,
    commit: () => log.push('commit'),
    flush: () => log.push('flush'),
    pause() {},
    resume() {},
    end() {},
    destroy() {},
  })
  const limits = { highWaterMark: 1000, maxBufferedAmount: 2000, slowConsumer: 'close' } as const
  return { sender: new Sender(connection, transport, limits), output, log }
}

const KIB = new Uint8Array(996)

describe('send', () => {
  it('says false above the high-water mark, and has sent all the same', () => {
    const { socket, peer } = stalled()
    expect(socket.send(KIB)).toBe(true)
    expect(socket.bufferedAmount).toBe(1000)
    expect(socket.send('a')).toBe(false)
    expect(socket.bufferedAmount).toBe(1003)
    peer.read()
    expect(socket.bufferedAmount).toBe(0)
    expect(peer.frames()).toHaveLength(2)
    expect(socket.send('b')).toBe(true)
  })

  it('says false, and sends nothing, once the socket is closing', () => {
    const { socket, peer } = rig()
    socket.close()
    peer.received()
    expect(socket.send('a')).toBe(false)
    expect(socket.send(WsMessage.text('a'))).toBe(false)
    expect(socket.link.sendFrame(new Frame.Text('a'))).toBe(false)
    expect(peer.received()).toBe('')
    peer.send('88 80 00000000')
    expect(socket.send('a')).toBe(false)
    expect(socket.link.sendFrame(new Frame.Close())).toBe(false)
    expect(peer.received()).toBe('')
  })

  it('copies bytes, which are still the user’s, and takes those of a message by reference', () => {
    const { sender, output } = sending()
    sender.send(new Uint8Array(20_000))
    expect(output.appended).toEqual([])
    sender.send(WsMessage.binary(new Uint8Array(20_000)))
    expect(output.appended).toHaveLength(1)
  })

  it('sends held text as text through an extension', () => {
    const extension = {
      name: 'x',
      config: undefined,
      processOutgoingFrame: (frame: BinaryFrame | TextFrame) => frame,
      processIncomingFrame: (frame: BinaryFrame | TextFrame) => frame,
    }
    const { socket, peer } = rig({ extensions: [extension] })
    socket.send(WsMessage.holding(held(bytes('61'), true), 'text'))
    expect(peer.shown()).toEqual(['1 a'])
  })

  it('takes one message of any size when nothing waits', () => {
    const { socket, peer } = stalled()
    expect(socket.send(new Uint8Array(100_000))).toBe(false)
    expect(socket.state).toBe('open')
    peer.read()
    peer.stall()
    expect(socket.send(new Uint8Array(100_000))).toBe(false)
    expect(socket.state).toBe('open')
    peer.read()
    expect(peer.frames().map(({ payload }) => payload.length)).toEqual([100_000, 100_000])
  })

  it('takes a first message of any size behind a Pong that waits', () => {
    const { socket, peer } = stalled()
    peer.send('89 80 00000000')
    expect(socket.bufferedAmount).toBe(2)
    expect(socket.send(new Uint8Array(5000))).toBe(false)
    expect(socket.state).toBe('open')
    peer.read()
    expect(peer.frames().map(({ payload }) => payload.length)).toEqual([0, 5000])
  })
})

describe('drained', () => {
  it('resolves when at most the high-water mark waits', async () => {
    const { socket, peer } = stalled()
    await socket.drained()
    let drained = false
    socket.send(KIB)
    socket.send('a')
    void socket.drained().then(() => {
      drained = true
    })
    await settled()
    expect(drained).toBe(false)
    peer.read()
    await settled()
    expect(drained).toBe(true)
  })

  it('resolves for all who wait', async () => {
    const { socket, peer } = stalled()
    socket.send(KIB)
    socket.send('a')
    const waiting = [socket.drained(), socket.drained(), socket.link.flush()]
    peer.read()
    await Promise.all(waiting)
  })

  it('resolves when nothing can be sent any more', async () => {
    const one = stalled()
    one.socket.send(KIB)
    one.socket.send(KIB)
    const waiting = one.socket.drained()
    one.socket.terminate()
    await waiting
    await one.socket.drained()
    await one.socket.link.flush()
    expect(one.gone()).toBe(1)
  })
})

describe('flush', () => {
  it('hands over at once what was sent', async () => {
    const { sender, log } = sending()
    sender.send('a')
    await sender.flush()
    expect(log).toEqual(['commit', 'flush'])
  })

  it('resolves when nothing waits any more', async () => {
    const { socket, peer } = stalled()
    socket.send('a')
    let flushed = false
    void socket.link.flush().then(() => {
      flushed = true
    })
    await settled()
    expect(flushed).toBe(false)
    peer.read()
    await settled()
    expect(flushed).toBe(true)
    await socket.link.flush()
  })
})

describe('a peer that reads too slowly', () => {
  it('is closed with 1013 by default', () => {
    const one = stalled()
    expect(one.socket.send(KIB)).toBe(true)
    expect(one.socket.send(KIB)).toBe(false)
    expect(one.socket.state).toBe('open')
    expect(one.socket.send('a')).toBe(false)
    const message = 'the peer reads too slowly: 2000 bytes wait, the limit is 2000'
    expect(one.log).toEqual([`error ${message}`, 'close 1013 Try again later'])
    expect(one.socket.link.closeRecord?.cause).toEqual(new OverflowException(message))
    one.peer.read()
    const frames = one.peer.frames()
    expect(frames.map(({ opcode }) => opcode)).toEqual([2, 2, 8])
    expect(hex(frames[2]!.payload.subarray(0, 2))).toBe(hex('03f5'))
  })

  it('is closed for fragments as for messages', () => {
    const { socket } = stalled()
    for (let i = 0; i < 2; i++) socket.link.sendFrame(new Frame.Binary(KIB, false))
    expect(socket.state).toBe('open')
    expect(socket.link.sendFrame(new Frame.Binary(bytes('01')))).toBe(false)
    expect(socket.state).toBe('closed')
  })

  it.each([
    ['text', 'é'.repeat(500)],
    ['a message', WsMessage.text('é'.repeat(500))],
  ])('is counted %s by its bytes, up to and with the limit', (_, content) => {
    const { socket } = stalled()
    socket.send(KIB)
    socket.send(content)
    expect([socket.state, socket.bufferedAmount]).toEqual(['open', 2004])
  })

  it('misses a message by the policy "drop"', () => {
    const { socket, peer } = stalled({ slowConsumer: 'drop' })
    socket.send(KIB)
    socket.send(KIB)
    expect(socket.send(bytes('01'))).toBe(false)
    expect(socket.send('dropped')).toBe(false)
    expect(socket.send(WsMessage.text('dropped'))).toBe(false)
    expect(socket.link.sendFrame(new Frame.Ping(bytes('70')))).toBe(false)
    expect(socket.bufferedAmount).toBe(2000)
    expect(socket.state).toBe('open')
    peer.read()
    expect(peer.frames()).toHaveLength(2)
    expect(socket.send('taken')).toBe(true)
  })

  it('misses all fragments of a message by the policy "drop", or none', () => {
    const { socket, peer } = stalled({ slowConsumer: 'drop' })
    const fragment = (data: Uint8Array<ArrayBuffer>, fin: boolean): boolean =>
      socket.link.sendFrame(new Frame.Binary(data, fin))
    expect(fragment(KIB, false)).toBe(true)
    expect(fragment(KIB, false)).toBe(false)
    expect(socket.link.sendFrame(new Frame.Ping(bytes('70')))).toBe(false)
    expect(fragment(bytes('01'), true)).toBe(false)
    expect(socket.bufferedAmount).toBe(2003)
    expect(fragment(KIB, false)).toBe(false)
    peer.read()
    expect(fragment(bytes('02'), false)).toBe(false)
    expect(fragment(bytes('03'), true)).toBe(false)
    expect(fragment(bytes('04'), true)).toBe(true)
    const sent = peer.frames().map(({ opcode, payload, fin }) => [opcode, payload.length, fin])
    expect(sent).toEqual([
      [2, 996, false],
      [0, 996, false],
      [0, 1, true],
      [2, 1, true],
    ])
  })

  it('is sent control frames between the fragments that it misses', () => {
    const { socket, peer } = stalled({ slowConsumer: 'drop' })
    const { link } = socket
    socket.send('a')
    expect(link.sendFrame(new Frame.Binary(new Uint8Array(3000), false))).toBe(false)
    expect(link.sendFrame(new Frame.Ping())).toBe(true)
    expect(link.sendFrame(new Frame.Binary(bytes('01')))).toBe(false)
    peer.read()
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([1, 9])
  })

  it('that got all fragments of a message gets the next message, too', () => {
    const { socket, peer } = stalled({ slowConsumer: 'drop' })
    for (const fin of [false, true, false, true]) {
      expect(socket.link.sendFrame(new Frame.Binary(bytes('01'), fin))).toBe(true)
    }
    peer.read()
    expect(peer.frames()).toHaveLength(4)
  })

  it('may be closed by a frame all the same', () => {
    const { socket, peer } = stalled({ slowConsumer: 'drop' })
    socket.send(KIB)
    socket.send(KIB)
    socket.link.sendFrame(new Frame.Close())
    peer.read()
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([2, 2, 8])
  })

  it('is waited for by the policy "wait": the sender is to mind', () => {
    const { socket, peer } = stalled({ slowConsumer: 'wait' })
    for (let i = 0; i < 10; i++) expect(socket.send(KIB)).toBe(i === 0)
    expect(socket.bufferedAmount).toBe(10_000)
    peer.read()
    expect(peer.frames()).toHaveLength(10)
    expect(socket.state).toBe('open')
  })

  it('may have a limit of its own', () => {
    const { socket } = stalled({ ownMaxBufferedAmount: 5000 })
    for (let i = 0; i < 5; i++) socket.send(KIB)
    expect(socket.state).toBe('open')
    socket.send(KIB)
    expect(socket.state).toBe('closed')
  })

  it('may have a policy of its own', () => {
    const { socket } = stalled({ ownSlowConsumer: 'drop' })
    for (let i = 0; i < 3; i++) socket.send(KIB)
    expect([socket.state, socket.bufferedAmount]).toEqual(['open', 2000])
  })

  it('that never reads its Close is let go of in time', () => {
    const one = stalled({ closeTimeout: 100 })
    for (let i = 0; i < 3; i++) one.socket.send(KIB)
    expect(one.gone()).toBe(0)
    one.clock.advance(100)
    expect(one.gone()).toBe(1)
    expect(one.log.filter((line) => line.startsWith('close'))).toHaveLength(1)
  })
})
