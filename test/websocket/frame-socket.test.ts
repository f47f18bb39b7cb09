import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { FrameTooBigException, NotSupportedException } from '../../src/websocket/errors.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { bytes, hex } from '../support/hex.ts'
import { type Rig, type RigOptions, rig, settled } from '../support/socket-rig.ts'

/** A socket of frames, what it hears written down. */
function frames(options: RigOptions = {}): Rig {
  const one = rig({ ...options, mode: 'frames' })
  one.socket.frames.onFrame((frame) => {
    one.log.push(`${frame.type} ${frame.fin} ${hex(frame.data)}`.trimEnd())
  })
  one.socket.onError((error) => one.log.push(`error ${error.message}`))
  one.socket.onClose((status) => one.log.push(`closed ${status.code}`))
  return one
}

describe('a socket of frames', () => {
  it('pings only once it is told to, whatever the settings of its server', () => {
    const { socket, peer, clock } = frames({ pingInterval: 100 })
    expect(socket.link.pings.pingInterval).toBe(0)
    clock.advance(1_000)
    expect(peer.received()).toBe('')
    socket.link.pings = { pingInterval: 100, pongTimeout: 50 }
    clock.advance(100)
    expect(peer.received()).toMatch(/^8908/)
  })

  it('hears every frame, control frames and fragments too, and answers none', () => {
    const { peer, log } = frames()
    peer.send('01 81 00000000 61  89 81 00000000 70  80 81 00000000 62  8a 80 00000000')
    expect(log).toEqual(['text false 61', 'ping true 70', 'text true 62', 'pong true'])
    expect(peer.received()).toBe('')
  })

  it('hears the Close of the peer, and answers when it likes', () => {
    const { socket, peer, log, clock } = frames()
    peer.send('88 82 00000000 03e8')
    expect(log).toEqual(['close true 03e8'])
    expect(socket.state).toBe('closing')
    expect(socket.frames.send(new Frame.Text('late'))).toBe(false)
    expect(socket.frames.send(new Frame.Close(new CloseReason(1000)))).toBe(true)
    expect(peer.received()).toBe(hex('88 02 03e8'))
    expect(log).toEqual(['close true 03e8', 'closed 1000'])
    peer.end()
    expect(clock.pending).toBe(0)
  })

  it('may be closed as any socket', () => {
    const { socket, peer, log } = frames()
    socket.close()
    expect(peer.received()).toBe(hex('88 02 03e8'))
    peer.send('88 80 00000000')
    expect(log).toEqual(['close true', 'closed 1000'])
  })

  it('holds frames for the first listener', async () => {
    const { socket, peer } = rig({ mode: 'frames' })
    peer.send('01 81 00000000 61  89 80 00000000')
    const seen: string[] = []
    socket.frames.onFrame((frame) => seen.push(frame.type))
    await settled()
    expect(seen).toEqual(['text', 'ping'])
  })

  it('gives the first listener what was held before it tells of the end', async () => {
    const { socket, peer } = rig({ mode: 'frames' })
    peer.send('81 81 00000000 61')
    const seen: string[] = []
    socket.frames.onFrame((frame) => seen.push(frame.type))
    socket.onClose(({ code }) => seen.push(`closed ${code}`))
    socket.terminate()
    await settled()
    expect(seen).toEqual(['text', 'closed 1006'])
  })

  it('drops frames past the mark when nobody listens', () => {
    const { peer, reports } = rig({ mode: 'frames' })
    peer.send('8a 80 00000000 '.repeat(300))
    expect(reports).toHaveLength(1)
  })

  it('drops what is held for a consumer that settles without listening', async () => {
    const { peer, reports } = rig({ mode: 'frames' }, () => Promise.resolve())
    peer.send('8a 80 00000000 '.repeat(300))
    expect(reports).toEqual([])
    await settled()
    expect(reports).toHaveLength(1)
  })

  it('pauses while too many listeners are at work', () => {
    const { socket, peer } = rig({ mode: 'frames' })
    let seen = 0
    socket.frames.onFrame(() => {
      seen++
      return new Promise(() => {})
    })
    peer.send('8a 80 00000000 '.repeat(300))
    expect(seen).toBe(257)
  })

  it.each([
    ['1002', '83 80 00000000', 'reserved opcode 0x3', 1002],
    ['1002', '82 00', 'frames from a client must be masked', 1002],
    ['1009', '82 fe 00ff 00000000', 'a frame of 255 bytes: the limit is 200', 1009],
  ])('still closes %s for a violation: %s', (_, content, message, code) => {
    const { socket, peer, log } = frames({ limits: { maxFrameSize: 200 } })
    peer.send(content)
    expect(log).toEqual([`error ${message}`, `closed ${code}`])
    expect(peer.frames()).toMatchObject([{ opcode: 8 }])
    expect(socket.link.closeRecord?.cause instanceof FrameTooBigException).toBe(code === 1009)
  })

  it('sends frames as they are, masked or not as it is told', () => {
    const { socket, peer } = frames({ role: 'client' })
    expect(socket.frames.masking).toBe(true)
    socket.frames.send(new Frame.Binary(bytes('01'), false))
    socket.frames.masking = false
    socket.frames.send(new Frame.Binary(bytes('02')))
    const sent = peer.frames()
    expect(
      sent.map(({ opcode, payload, key }) => [opcode, hex(payload), key !== undefined]),
    ).toEqual([
      [2, '01', true],
      [0, '02', false],
    ])
    expect(socket.frames).toBe(socket.frames)
  })

  it('masks a message that goes out again, too, when it is told to', () => {
    const { socket, peer } = frames()
    const message = WsMessage.text('Hello')
    socket.send(message)
    socket.send(message)
    socket.frames.masking = true
    socket.send(message)
    socket.send(message)
    expect(peer.frames().map(({ payload, key }) => [hex(payload), key !== undefined])).toEqual([
      ['48656c6c6f', false],
      ['48656c6c6f', false],
      ['48656c6c6f', true],
      ['48656c6c6f', true],
    ])
  })

  it('has no pings of its own, unless they are asked for afterwards', () => {
    const { socket, peer, clock, log } = frames({ pingInterval: 100 })
    clock.advance(1000)
    expect(peer.received()).toBe('')
    socket.link.pings = { pingInterval: 100, pongTimeout: 50 }
    clock.advance(100)
    const [ping] = peer.frames()
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}  8a 80 00000000`)
    expect(log).toEqual(['pong true'])
    clock.advance(60)
    expect(socket.state).toBe('open')
  })

  it('refuses listeners for messages, and says what is right', () => {
    const { socket } = frames()
    expect(() => socket.onMessage(() => {})).toThrow(
      new NotSupportedException(
        "this socket was accepted in the mode 'frames': listen with frames.onFrame",
      ),
    )
  })
})
