import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { SERVER_LIMITS } from '../../../src/protocol/frame/limits.ts'
import type { ProtocolLink } from '../../../src/websocket/socket/protocol-link.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { bytes, hex } from '../../support/hex.ts'
import { type Rig, rig, watch } from '../../support/socket-rig.ts'

const TEXT_A = '81 81 00000000 61'

describe('the link of our own engine', () => {
  it('pauses and resumes reading, and loses nothing', () => {
    const one = rig()
    watch(one)
    const { link } = one.socket
    link.pause()
    link.pause()
    one.peer.send(TEXT_A)
    one.peer.send('89 80 00000000')
    expect(one.log).toEqual([])
    expect(one.peer.received()).toBe('')
    link.resume()
    expect(one.log).toEqual(['text a'])
    expect(one.peer.received()).toBe(hex('8a 00'))
    link.resume()
  })

  it('pauses from within a message, in the middle of a chunk', () => {
    const one = rig()
    watch(one)
    one.socket.onMessage(() => one.socket.link.pause())
    one.peer.send(`${TEXT_A} 81 81 00000000 62`)
    expect(one.log).toEqual(['text a'])
    one.socket.link.resume()
    expect(one.log).toEqual(['text a', 'text b'])
  })

  it('paused for the first time within a message, and resumed at once, reads on', () => {
    const one = rig()
    watch(one)
    one.socket.onMessage(() => {
      one.socket.link.pause()
      one.socket.link.resume()
    })
    one.peer.send(TEXT_A)
    one.peer.send(TEXT_A)
    expect(one.log).toEqual(['text a', 'text a'])
  })

  it('paused for the first time within the last message of a chunk, hears the end at once', () => {
    const one = rig()
    one.socket.onMessage(() => one.socket.link.pause())
    one.peer.send(TEXT_A)
    one.socket.handler.onEof()
    expect(one.gone()).toBe(1)
  })

  it('paused within a chunk hears the end after the rest of it', () => {
    const one = rig()
    watch(one)
    const remove = one.socket.onMessage(() => one.socket.link.pause())
    one.peer.send(`${TEXT_A} 81 81 00000000 62`)
    remove()
    one.socket.handler.onEof()
    expect(one.gone()).toBe(0)
    one.socket.link.resume()
    expect(one.gone()).toBe(1)
    expect(one.log.slice(0, 2)).toEqual(['text a', 'text b'])
  })

  it('resumed after its own close takes what still comes', () => {
    const one = rig()
    watch(one)
    one.socket.close()
    one.socket.link.resume()
    one.peer.send(TEXT_A)
    expect(one.log).toEqual(['text a'])
  })

  it('paused hears the end of a connection that ends here', () => {
    const one = rig()
    watch(one)
    one.socket.link.pause()
    one.peer.send(TEXT_A)
    one.peer.end()
    expect(one.gone()).toBe(0)
    one.socket.handler.onGone(undefined)
    expect(one.gone()).toBe(1)
    expect(one.log).toEqual(['close 1006 Connection lost'])
  })

  it.each<[string, (one: Rig) => unknown]>([
    ['by close', ({ socket }) => socket.close()],
    ['by the server', ({ socket }) => socket.shutDown(WsStatus.NORMAL, 5000)],
    ['by a frame', ({ socket }) => socket.link.sendFrame(new Frame.Close(WsStatus.NORMAL))],
  ])('paused, and closed %s, reads on for the answer alone', (_, close) => {
    const one = rig()
    watch(one)
    one.socket.link.pause()
    one.peer.send(TEXT_A)
    close(one)
    expect(one.peer.received()).toBe(hex('88 02 03e8'))
    one.peer.send(`${TEXT_A} 89 80 00000000`)
    one.socket.link.resume()
    one.peer.send(`${TEXT_A} 88 82 00000000 03e8`)
    expect(one.log).toEqual(['close 1000'])
    expect(one.socket.link.closeRecord?.clean).toBe(true)
    one.peer.end()
    expect(one.gone()).toBe(1)
  })

  it('paused, and closed twice, reads on for the answer alone', () => {
    const one = rig()
    watch(one)
    one.socket.link.pause()
    one.socket.close()
    one.socket.close()
    one.peer.send(`${TEXT_A} 88 82 00000000 03e8`)
    expect(one.log).toEqual(['close 1000'])
  })

  it('paused after its own close takes no more data', () => {
    const one = rig()
    watch(one)
    one.socket.close()
    one.peer.send(TEXT_A)
    one.socket.link.pause()
    one.peer.send(`${TEXT_A} 88 82 00000000 03e8`)
    expect(one.log).toEqual(['text a', 'close 1000'])
  })

  it('paused, and closed, hands over the Close frame of a peer to a socket of frames', () => {
    const one = rig({ mode: 'frames' })
    one.socket.frames.onFrame(({ type }) => one.log.push(type))
    one.socket.link.pause()
    one.socket.frames.send(new Frame.Close())
    one.peer.send(`${TEXT_A} 89 80 00000000 88 80 00000000`)
    expect(one.log).toEqual(['close'])
    expect(one.socket.link.closeRecord?.clean).toBe(true)
  })

  it('pauses nothing once the connection has ended: the end of the transport is still heard', () => {
    const one = rig()
    one.socket.close()
    one.peer.send('88 82 00000000 03e8')
    one.socket.link.pause()
    one.peer.end()
    expect(one.gone()).toBe(1)
  })

  it('pings, and tells the Pongs', () => {
    const { socket, peer } = rig()
    const pongs: string[] = []
    const remove = socket.link.onPong((data) => pongs.push(hex(data)))
    const payload = bytes('01 02')
    socket.link.ping(payload)
    payload.fill(0)
    socket.link.ping()
    expect(peer.received()).toBe(hex('89 02 0102  89 00'))
    peer.send('8a 82 00000000 0102')
    remove()
    peer.send('8a 80 00000000')
    expect(pongs).toEqual(['0102'])
    expect(() => socket.link.ping(new Uint8Array(126))).toThrow(RangeError)
    expect(() => Reflect.apply(socket.link.ping, socket.link, ['12'])).toThrow(TypeError)
    socket.close()
    peer.received()
    socket.link.ping()
    expect(peer.received()).toBe('')
  })

  it('reports no Pong that its own ping timer waits for', () => {
    const { socket, peer, clock } = rig({ pingInterval: 100 })
    const pongs: string[] = []
    socket.link.onPong((data) => pongs.push(hex(data)))
    clock.advance(100)
    const [ping] = peer.frames()
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}`)
    expect(pongs).toEqual([])
    peer.send(`8a 88 00000000 ${hex(ping!.payload)}`)
    expect(pongs).toEqual([hex(ping!.payload)])
  })

  it.each<[how: string, ping: (link: ProtocolLink, data: Uint8Array<ArrayBuffer>) => unknown]>([
    ['ping', (link, data) => link.ping(data)],
    ['sendFrame', (link, data) => link.sendFrame(new Frame.Ping(data))],
  ])('takes the Pong for a newer Ping, sent with %s, as an answer to its ping timer', (_, ping) => {
    const { socket, peer, clock } = rig({ pingInterval: 100, pongTimeout: 50 })
    const pongs: string[] = []
    socket.link.onPong((data) => pongs.push(hex(data)))
    clock.advance(100)
    ping(socket.link, bytes('01'))
    peer.send('8a 81 00000000 01')
    clock.advance(99)
    expect([socket.state, pongs]).toEqual(['open', ['01']])
    clock.advance(51)
    expect(socket.state).toBe('closed')
  })

  it('tells control frames after they have been handled', () => {
    const { socket, peer } = rig()
    const seen: string[] = []
    const remove = socket.link.onControl((frame) => {
      seen.push(`${frame.type} ${hex(frame.data)} ${socket.state}`)
    })
    peer.send('89 81 00000000 70  8a 80 00000000  88 82 00000000 03e8')
    remove()
    expect(seen).toEqual(['ping 70 open', 'pong  open', 'close 03e8 closing'])
    expect(peer.received()).toBe(hex('8a 01 70  88 02 03e8'))
  })

  it('tells Pongs and control frames to all who listen', () => {
    const { socket, peer } = rig()
    const seen: string[] = []
    socket.link.onPong(() => seen.push('one'))
    socket.link.onPong(() => seen.push('other'))
    socket.link.onControl(({ type }) => seen.push(type))
    peer.send('8a 80 00000000')
    expect(seen.toSorted()).toEqual(['one', 'other', 'pong'])
  })

  it('sends frames as they are', () => {
    const { socket, peer, clock } = rig()
    const { link } = socket
    expect(link.sendFrame(new Frame.Text('a', false))).toBe(true)
    expect(link.sendFrame(new Frame.Text('b'))).toBe(true)
    expect(peer.received()).toBe(hex('01 01 61  80 01 62'))
    expect(clock.pending).toBe(0)
    link.sendFrame(new Frame.Text('a', false))
    expect(() => socket.send('b')).toThrow(TypeError)
    expect(() => link.sendFrame(new Frame.Binary(bytes('01')))).toThrow(TypeError)
  })

  it('sends a Close frame, which begins the handshake and its time', () => {
    const one = rig({ closeTimeout: 100 })
    expect(one.socket.link.sendFrame(new Frame.Close())).toBe(true)
    expect(one.socket.state).toBe('closing')
    expect(one.peer.received()).toBe(hex('88 00'))
    one.clock.advance(100)
    expect(one.gone()).toBe(1)
    expect(one.socket.link.closeRecord?.reason.code).toBe(1005)
  })

  it('starts no time for a Close frame once the transport is gone', () => {
    const { socket, peer, clock } = rig()
    peer.end()
    socket.link.sendFrame(new Frame.Close())
    expect(clock.pending).toBe(0)
  })

  it('has limits that may be changed while the socket is open', () => {
    const { socket, peer } = rig()
    expect(socket.link.limits).toMatchObject({ maxFrameSize: 1_048_576, maxMessageSize: 1_048_576 })
    socket.link.limits.maxFrameSize = 3
    expect(socket.link.closeRecord).toBeUndefined()
    peer.send('82 84 00000000')
    expect(socket.link.closeRecord?.reason.code).toBe(1009)
    expect(rig().socket.link.limits.maxFrameSize).toBe(1_048_576)
  })

  it.each([Number.NaN, -1, '5', undefined, null])(
    'has no limit of %j, which would be none',
    (bad) => {
      const { socket, peer } = rig({ limits: { maxMessageSize: 3 } })
      const { limits } = socket.link
      for (const name of ['maxFrameSize', 'maxMessageSize'] as const) {
        const before = limits[name]
        expect(() => Object.assign(limits, { [name]: bad })).toThrow(
          expect.objectContaining({ name: 'RangeError', message: expect.stringContaining(name) }),
        )
        expect(limits[name]).toBe(before)
      }
      peer.send('82 84 00000000')
      expect(socket.link.closeRecord?.reason.code).toBe(1009)
    },
  )

  it('has limits of its own where the server’s are shared', () => {
    const shared = Object.freeze({ ...SERVER_LIMITS })
    const [one, other] = [rig({ sharedLimits: shared }), rig({ sharedLimits: shared })]
    one.socket.link.limits.maxMessageSize = Infinity
    one.socket.link.limits.maxFrameSize = 0
    expect({ ...one.socket.link.limits }).toEqual({ maxFrameSize: 0, maxMessageSize: Infinity })
    expect({ ...other.socket.link.limits }).toEqual({
      maxFrameSize: 1_048_576,
      maxMessageSize: 1_048_576,
    })
  })
})
