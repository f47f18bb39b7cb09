import { describe, expect, it } from 'vitest'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'
import { rig } from '../support/socket-rig.ts'

describe('a handshake that never ends', () => {
  // Milliseconds, of Node's own clock. One that does end has no more, also on a machine that is busy.
  const handshakeTimeout = 500

  it('is given up after its time, with 408', async () => {
    await using server = await Besieged.start({ handshakeTimeout })
    const attacker = await server.stranger()
    const drip = setInterval(() => attacker.write('X-Slow: x\r\n'), 20)
    attacker.write(handshake().slice(0, -2))
    const answer = await attacker.rest()
    clearInterval(drip)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('is given up when not a byte of it comes', async () => {
    await using server = await Besieged.start({ handshakeTimeout })
    const attackers = await Promise.all(Array.from({ length: 20 }, () => server.stranger()))
    await Promise.all(attackers.map((attacker) => attacker.closed))
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })
})

describe('a frame that never ends', () => {
  it('holds up neither other connections nor the Ping that finds its peer out', async () => {
    const { socket, peer, clock } = rig({ pingInterval: 1000, pongTimeout: 500 })
    const codes: number[] = []
    socket.onClose(({ code }) => codes.push(code))
    peer.send('81 fe 03e8 00000000')
    for (let i = 0; i < 14; i++) {
      peer.send('61')
      clock.advance(100)
    }
    expect(codes).toEqual([])
    peer.send('61')
    clock.advance(100)
    expect(codes).toEqual([1011])
    expect(peer.frames().map(({ opcode }) => opcode)).toEqual([9, 8])
  })

  it('ends with its transport, and leaves nothing', async () => {
    await using server = await Besieged.start()
    const attacker = await server.peer()
    attacker.write(Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 8, 0, 0, 1, 2, 3, 4, 0x61))
    attacker.send({ opcode: 1, payload: 'within that frame' })
    attacker.socket.end()
    expect((await server.ended(1))[0]?.code).toBe(1006)
    expect(server.open.size).toBe(0)
    expect(server.lines).toEqual([])
  })
})

describe('a close handshake that never ends', () => {
  it('is given up after its time', async () => {
    await using server = await Besieged.start({ webSockets: { closeTimeout: 50 } })
    const attacker = await server.peer()
    attacker.send({ opcode: 1, payload: 'x' })
    await attacker.shown()
    const [socket] = server.open
    socket!.close()
    expect(await attacker.shown()).toBe('close 1000')
    // It keeps sending, and never closes.
    const drip = setInterval(() => attacker.send({ opcode: 1, payload: 'x' }), 5)
    await attacker.closed
    clearInterval(drip)
    expect((await server.ended(1))[0]?.code).toBe(1000)
    expect(server.lines).toEqual([])
  })
})
