import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { PONG } from '../../../src/protocol/frame/frame-type.ts'
import { hex } from '../../support/hex.ts'
import { lineOf } from '../../support/session-rig.ts'
import { type Rig, type RigOptions, rig, settled } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

const KEY = Uint8Array.of(1, 2, 3, 4)

/** A server's socket of fragments, and a line for each that it hands over. */
function fragmentRig(options: RigOptions = {}): Rig & { readonly lines: string[] } {
  const one = rig({ ...options, mode: 'fragments' })
  const lines: string[] = []
  one.socket.frames.onFrame((frame) => lines.push(lineOf(frame)))
  return { ...one, lines }
}

describe('a socket in the mode fragments', () => {
  it('hands over a message as its bytes arrive, however it is framed', () => {
    const { peer, lines } = fragmentRig()
    const frame = encodeWire({ opcode: 2, payload: Uint8Array.of(1, 2, 3), key: KEY })
    peer.send(frame.subarray(0, 8))
    expect(lines).toEqual(['binary 0102...'])
    peer.send(frame.subarray(8))
    expect(lines.splice(0)).toEqual(['binary 0102...', 'binary 03...', 'binary'])
    peer.send('01 81 00000000 61  00 82 00000000 6263')
    expect(lines).toEqual(['text a...', 'text bc...'])
    peer.send('80 80 00000000')
    expect(lines.splice(0)).toEqual(['text a...', 'text bc...', 'text'])
    peer.send('81 82 00000000 6465  82 80 00000000')
    expect(lines).toEqual(['text de', 'binary'])
  })

  it('answers Ping and Close, in the middle of a message as well', () => {
    const { socket, peer, lines } = fragmentRig()
    peer.send('01 81 00000000 61  89 81 00000000 70')
    expect(peer.received()).toBe(hex('8a 01 70'))
    peer.send('88 82 00000000 03e8')
    expect(peer.received()).toBe(hex('88 02 03e8'))
    expect(socket.link.closeRecord?.clean).toBe(true)
    expect(lines).toEqual(['text a...'])
  })

  it('sends the pings of its timer, and takes their Pongs', async () => {
    const { peer, clock, socket } = fragmentRig({ pingInterval: 1000, pongTimeout: 500 })
    clock.advance(1000)
    const [ping] = peer.frames()
    peer.send(encodeWire({ opcode: PONG.opcode, payload: ping!.payload, key: KEY }))
    clock.advance(600)
    expect(socket.state).toBe('open')
  })

  it('refuses text as soon as it is malformed, and what is too large before it comes', () => {
    const malformed = fragmentRig()
    malformed.peer.send('01 83 00000000 61e282  00 81 00000000 41')
    expect(malformed.lines).toEqual(['text a\ufffd...'])
    expect(malformed.socket.link.closeRecord?.reason.code).toBe(1007)
    const cut = fragmentRig()
    cut.peer.send('01 81 00000000 e2  80 80 00000000')
    expect(cut.socket.link.closeRecord?.reason.code).toBe(1007)
    const large = fragmentRig({ limits: { maxMessageSize: 4 } })
    large.peer.send('02 83 00000000 010203  00 82 00000000')
    expect(large.socket.link.closeRecord?.reason.code).toBe(1009)
    expect(large.lines).toEqual(['binary 010203...'])
    const empty = fragmentRig({ limits: { maxEmptyFragments: 1 } })
    empty.peer.send('02 80 00000000  00 80 00000000')
    expect(empty.socket.link.closeRecord?.reason.code).toBe(1008)
    expect(empty.lines).toEqual([])
  })

  it('takes text that is longer than any string', () => {
    const ports = { ...portablePorts, longestText: 2 }
    const { peer, lines } = fragmentRig({ ports })
    peer.send('01 82 00000000 6162  80 81 00000000 63')
    expect(lines).toEqual(['text ab...', 'text c...', 'text'])
  })

  it('stops reading within a frame when nobody listens, and drops the rest after its own Close', async () => {
    const { socket, peer } = rig(
      { mode: 'fragments', inboundMark: { bytes: 10, messages: 2 } },
      () => new Promise(() => {}),
    )
    const frame = encodeWire({ opcode: 2, payload: new Uint8Array(100), key: KEY })
    peer.send(frame.subarray(0, 50))
    peer.send(frame.subarray(50))
    expect(peer.waiting).toBe(56)
    const lines: string[] = []
    socket.frames.onFrame((one) => lines.push(lineOf(one)))
    await settled()
    expect(lines).toHaveLength(3)
    socket.link.pause()
    socket.close()
    peer.send('82 81 00000000 01')
    expect(lines).toHaveLength(3)
  })

  it('hands over nothing after its end, which a listener may bring about within the message', () => {
    const { socket, peer, lines } = fragmentRig()
    socket.onClose(() => lines.push('closed'))
    peer.send('02 81 00000000 01')
    socket.frames.onFrame(() => socket.terminate())
    peer.send('80 81 00000000 02')
    expect(lines).toEqual(['binary 01...', 'binary 02...', 'closed'])
  })

  it('sends whole messages and frames, and has no onMessage', () => {
    const { socket, peer } = fragmentRig()
    socket.send('a')
    expect(peer.received()).toBe(hex('81 01 61'))
    expect(() => socket.onMessage(() => {})).toThrow("in the mode 'fragments'")
  })
})
