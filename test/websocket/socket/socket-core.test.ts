import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import type { WebSocketExtension } from '../../../src/protocol/extension/extension.ts'
import { OverflowException, PingTimeoutException } from '../../../src/websocket/errors.ts'
import { bytes, hex, joined } from '../../support/hex.ts'
import { type Rig, type RigOptions, rig, settled, watch } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

const KEY = bytes('37 fa 21 3d')
const MIB = 1024 * 1024

/** A chunk of numbered texts. */
const texts = (count: number, from = 0): Uint8Array =>
  joined(
    ...Array.from({ length: count }, (_, i) =>
      encodeWire({ opcode: 1, payload: `${from + i}`, key: KEY }),
    ),
  )

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

/** A rig whose message listener is done when it is told. */
function working(
  options: RigOptions = {},
): Rig & { readonly seen: string[]; readonly finish: (() => void)[] } {
  const one = rig(options)
  const seen: string[] = []
  const finish: (() => void)[] = []
  one.socket.onMessage((message) => {
    seen.push(message.mode === 'text' ? message.text() : `${message.byteLength} bytes`)
    return new Promise<void>((resolve) => finish.push(resolve))
  })
  return { ...one, seen, finish }
}

describe('the inbound mark', () => {
  it('stops reading past 256 messages in work, within a chunk, and loses none of it', async () => {
    const { peer, seen, finish } = working()
    peer.send(texts(1000))
    expect(seen).toEqual(numbers(257))
    peer.send(texts(10, 1000))
    expect(peer.waiting).toBeGreaterThan(0)
    for (const done of finish.splice(0, 128)) done()
    await settled()
    expect(seen).toHaveLength(257)
    while (finish.length > 0) {
      for (const done of finish.splice(0)) done()
      await settled()
    }
    expect(seen).toEqual(numbers(1010))
    expect(peer.waiting).toBe(0)
  })

  it('lets 256 messages be in work', () => {
    const { peer, seen } = working()
    peer.send(texts(256))
    peer.send(texts(1, 256))
    peer.send(texts(1, 257))
    expect(seen).toHaveLength(257)
    expect(peer.waiting).toBeGreaterThan(0)
  })

  it('stops reading past 1 MiB in work', async () => {
    const { peer, seen, finish } = working()
    const half = encodeWire({ opcode: 2, payload: new Uint8Array(MIB / 2), key: KEY })
    peer.send(joined(half, half))
    peer.send(texts(2))
    expect(seen).toEqual(['524288 bytes', '524288 bytes', '0'])
    finish[0]!()
    finish[2]!()
    await settled()
    expect(seen.at(-1)).toBe('1')
  })

  it('stops reading past 256 messages that nobody has taken yet', async () => {
    const one = rig({}, () => new Promise(() => {}))
    one.peer.send(texts(300))
    one.peer.send(texts(700, 300))
    expect(one.peer.waiting).toBeGreaterThan(0)
    watch(one)
    await settled()
    expect(one.log).toEqual(numbers(1000).map((number) => `text ${number}`))
    expect(one.peer.waiting).toBe(0)
    expect(one.reports).toEqual([])
  })

  it('may be set', () => {
    const one = rig({ inboundMark: { bytes: 10, messages: 2 } }, () => new Promise(() => {}))
    one.peer.send(texts(3))
    one.peer.send(texts(1))
    expect(one.peer.waiting).toBeGreaterThan(0)
  })

  it('holds up neither Pings before it nor the end after it', async () => {
    const one = working()
    one.peer.send(joined(texts(256), encodeWire({ opcode: 9, key: KEY }), texts(2)))
    one.peer.send('88 80 00000000')
    one.peer.end()
    expect(one.peer.frames().map(({ opcode }) => opcode)).toEqual([10])
    expect(one.socket.state).toBe('open')
    for (const done of one.finish.splice(0)) done()
    await settled()
    expect(one.socket.state).toBe('closed')
    expect(one.gone()).toBe(1)
    expect(one.seen).toHaveLength(258)
  })

  it('does not hold up the end of a connection that has failed here', async () => {
    const one = working({ maxBufferedAmount: 10 })
    one.peer.send(texts(300))
    one.peer.stall()
    one.socket.send(new Uint8Array(20))
    one.socket.send(new Uint8Array(20))
    expect(one.socket.state).toBe('closed')
    one.finish[0]!()
    await settled()
    one.peer.end()
    expect(one.gone()).toBe(1)
    expect(one.seen).toHaveLength(257)
  })
})

it('work that begins after the end does not hold up the end of the transport', async () => {
  const one = rig(
    { inboundMark: { bytes: 100, messages: 2 }, maxBufferedAmount: 10 },
    () => new Promise(() => {}),
  )
  one.peer.send(texts(2))
  one.peer.stall()
  one.socket.send(new Uint8Array(20))
  one.socket.send(new Uint8Array(20))
  expect(one.socket.state).toBe('closed')
  for (let i = 0; i < 2; i++) one.socket.onMessage(() => new Promise(() => {}))
  await settled()
  one.peer.end()
  expect(one.gone()).toBe(1)
})

describe('past the mark, once the consumer has settled and nobody listens', () => {
  it('messages are dropped, and the hook hears of the first ones, once', () => {
    const { socket, peer, reports } = rig()
    peer.send(texts(300))
    expect(reports).toEqual([
      new OverflowException('257 messages were dropped: no listener was set'),
    ])
    expect(socket.state).toBe('open')
    expect(peer.waiting).toBe(0)
    for (let i = 0; i < 10; i++) peer.send(texts(300))
    expect(reports).toHaveLength(1)
    expect(peer.waiting).toBe(0)
  })

  it('those held for an async consumer are dropped when it settles', async () => {
    let settle = () => {}
    const { peer, reports } = rig(
      {},
      () =>
        new Promise<void>((resolve) => {
          settle = resolve
        }),
    )
    peer.send(texts(300))
    peer.send(texts(10))
    expect(reports).toEqual([])
    expect(peer.waiting).toBeGreaterThan(0)
    settle()
    await settled()
    expect(reports).toHaveLength(1)
    expect(peer.waiting).toBe(0)
  })

  it('control frames are still handled', () => {
    const { socket, peer } = rig()
    peer.send(joined(texts(1000), encodeWire({ opcode: 9, payload: 'x', key: KEY })))
    expect(peer.received()).toBe(hex('8a 01 78'))
    peer.send('88 80 00000000')
    expect(socket.state).toBe('closed')
  })
})

describe('pings', () => {
  const pings = { pingInterval: 1000, pongTimeout: 300 }
  const pong = (payload: Uint8Array): Uint8Array => encodeWire({ opcode: 10, payload, key: KEY })

  it('are off unless asked for', () => {
    const { clock } = rig()
    expect(clock.pending).toBe(0)
  })

  it('go out each interval, and a Pong keeps the socket open', () => {
    const { socket, peer, clock } = rig(pings)
    for (let i = 0; i < 3; i++) {
      clock.advance(1000)
      const [ping, ...rest] = peer.frames()
      expect([ping?.opcode, rest]).toEqual([9, []])
      clock.advance(299)
      peer.send(pong(ping!.payload))
    }
    expect(socket.state).toBe('open')
  })

  it('that nobody answers close with 1011 "Ping timeout"', () => {
    const one = rig(pings)
    watch(one)
    one.clock.advance(1000)
    const [ping] = one.peer.frames()
    one.peer.send(pong(bytes('00')))
    one.peer.send(pong(ping!.payload.subarray(1)))
    one.peer.send(texts(1))
    one.clock.advance(299)
    expect(one.socket.state).toBe('open')
    one.clock.advance(1)
    expect(one.peer.received()).toBe(hex('88 0e 03f3 50696e672074696d656f7574'))
    expect(one.log).toEqual([
      'text 0',
      'error no Pong came within 300 ms',
      'close 1011 Ping timeout',
    ])
    expect(one.socket.link.closeRecord).toMatchObject({
      initiator: 'local',
      clean: false,
      cause: new PingTimeoutException('no Pong came within 300 ms'),
    })
    expect(one.peer.ended).toBe(true)
  })

  it('give a Pong its whole time again once reading goes on, since it may be far behind what is to be read', () => {
    const { socket, peer, clock } = rig(pings)
    clock.advance(1000)
    const [ping] = peer.frames()
    socket.link.pause()
    clock.advance(299)
    socket.link.resume()
    clock.advance(299)
    expect(socket.state).toBe('open')
    peer.send(pong(ping!.payload))
    socket.link.pause()
    socket.link.resume()
    clock.advance(1000 + 299)
    expect(socket.state).toBe('open')
    clock.advance(1)
    expect(socket.state).toBe('closed')
  })

  it.each(['messages', 'frames'] as const)(
    'are not answered by a Ping, to a socket of %s',
    (mode) => {
      const { socket, peer, clock } = rig({ mode })
      socket.link.pings = pings
      clock.advance(1000)
      const [ping] = peer.frames()
      peer.send(encodeWire({ opcode: 9, payload: ping!.payload, key: KEY }))
      clock.advance(300)
      expect(socket.state).toBe('closed')
    },
  )

  it('that nobody answers let go of the transport in time (B13)', () => {
    const one = rig({ ...pings, closeTimeout: 500 })
    one.clock.advance(1300)
    expect(one.gone()).toBe(0)
    one.clock.advance(500)
    expect(one.gone()).toBe(1)
    expect(one.clock.pending).toBe(0)
  })

  it('may be set while the socket is open, on and off', () => {
    const { socket, peer, clock } = rig()
    socket.link.pings = { pingInterval: 100, pongTimeout: 50 }
    expect(socket.link.pings).toEqual({ pingInterval: 100, pongTimeout: 50 })
    clock.advance(100)
    expect(peer.frames()).toMatchObject([{ opcode: 9 }])
    socket.link.pings = { pingInterval: 1000, pongTimeout: 50 }
    clock.advance(999)
    expect(peer.frames()).toEqual([])
    clock.advance(1)
    expect(peer.frames()).toMatchObject([{ opcode: 9 }])
    socket.link.pings = { pingInterval: 0, pongTimeout: 50 }
    clock.advance(10_000)
    expect(peer.frames()).toEqual([])
    expect(socket.state).toBe('open')
    expect(clock.pending).toBe(0)
  })

  it('are not set to what no timer can wait for', () => {
    const { socket, clock } = rig()
    expect(() => {
      socket.link.pings = { pingInterval: Number.POSITIVE_INFINITY, pongTimeout: 50 }
    }).toThrow(RangeError)
    expect(clock.pending).toBe(0)
  })

  it('with a timeout of their own need no interval from the configuration (B9)', () => {
    const { socket, peer, clock } = rig()
    socket.link.pings = { ...socket.link.pings, pingInterval: 100 }
    clock.advance(100)
    const [ping] = peer.frames()
    clock.advance(14_999)
    peer.send(pong(ping!.payload))
    expect(socket.state).toBe('open')
  })

  it('do not time out while nothing is read', () => {
    const { socket, peer, clock } = rig(pings)
    socket.link.pause()
    clock.advance(1000)
    const [ping] = peer.frames()
    peer.send(pong(ping!.payload))
    clock.advance(5000)
    expect(socket.state).toBe('open')
    const again = peer.frames()
    expect(again.length).toBeGreaterThan(1)
    for (const { opcode, payload } of again) expect([opcode, payload]).toEqual([9, ping!.payload])
    socket.link.resume()
    clock.advance(500)
    expect(socket.state).toBe('open')
    clock.advance(500)
    expect(peer.frames()).toMatchObject([{ opcode: 9 }])
  })

  it('stop when the close handshake begins, whoever begins it', () => {
    const ours = rig(pings)
    ours.socket.close()
    const theirs = rig(pings)
    theirs.peer.send('88 80 00000000')
    for (const { peer, clock } of [ours, theirs]) {
      peer.frames()
      clock.advance(5000)
      expect(peer.frames()).toEqual([])
    }
    ours.socket.link.pings = pings
    ours.clock.advance(3000)
    expect(ours.peer.frames()).toEqual([])
    expect(ours.socket.state).toBe('closing')
  })

  it('stop with the transport', () => {
    const { peer, clock } = rig(pings)
    peer.end()
    expect(clock.pending).toBe(0)
  })
})

describe('Pongs behind a reader that is too slow', () => {
  it('are 64, and the newest goes out when it reads again', () => {
    const { peer } = rig()
    peer.stall()
    for (let i = 0; i < 100; i++) {
      peer.send(encodeWire({ opcode: 9, payload: `${i}`, key: KEY }))
    }
    peer.read()
    const payloads = peer.frames().map(({ payload }) => new TextDecoder().decode(payload))
    expect(payloads).toEqual([...numbers(64), '99'])
  })
})

describe('an extension that cannot close', () => {
  const stuck: WebSocketExtension = {
    name: 'stuck',
    config: undefined,
    processOutgoingFrame: (frame) => frame,
    processIncomingFrame: (frame) => frame,
    close: () => {
      throw new Error('stuck')
    },
  }

  it('is told to the error listeners, before those for the end', () => {
    const one = rig({ extensions: [stuck] })
    watch(one)
    one.peer.send('88 82 00000000 03e8')
    expect([one.log, one.reports]).toEqual([['error stuck', 'close 1000'], []])
  })

  it('is told to the hook when nobody listens, and the transport is let go', () => {
    const one = rig({ extensions: [stuck] })
    one.socket.terminate()
    expect([one.reports, one.gone()]).toEqual([[new Error('stuck')], 1])
  })
})

describe('a message that there is no memory for', () => {
  it('ends its connection with 1011, and what comes behind it is dropped', () => {
    const decodeText = () => {
      throw new RangeError('Array buffer allocation failed')
    }
    const one = rig({ ports: { ...portablePorts, decodeText } })
    watch(one)
    one.peer.send(texts(2))
    one.peer.send(texts(1))
    expect(one.log).toEqual(['error Array buffer allocation failed', 'close 1011 Internal error'])
    expect(one.peer.frames()).toMatchObject([{ opcode: 8 }])
    expect(one.peer.ended).toBe(true)
  })

  it('does so too if it had waited while reading was paused, and the transport reads on', () => {
    const noMemory = new RangeError('Array buffer allocation failed')
    const decodeText = vi.fn(portablePorts.decodeText)
    const one = rig({ ports: { ...portablePorts, decodeText } })
    one.socket.onMessage(() => one.socket.link.pause())
    one.peer.send(texts(2))
    watch(one)
    decodeText.mockImplementation(() => {
      throw noMemory
    })
    one.socket.link.resume()
    expect(one.log).toEqual(['error Array buffer allocation failed', 'close 1011 Internal error'])
    one.peer.end()
    expect([one.peer.ended, one.gone()]).toEqual([true, 1])
  })
})

describe('a lost connection', () => {
  it('is an error without a stack, and an error all the same where `Error` is frozen', () => {
    const limit = Error.stackTraceLimit
    onTestFinished(() => {
      Object.defineProperty(Error, 'stackTraceLimit', { writable: true })
    })
    const causes = [true, false].map((writable) => {
      Object.defineProperty(Error, 'stackTraceLimit', { writable })
      const { socket, peer } = rig()
      peer.end()
      return socket.link.closeRecord?.cause
    })
    expect(causes.map((cause) => cause?.stack?.includes('\n'))).toEqual([false, true])
    expect(Error.stackTraceLimit).toBe(limit)
  })
})
