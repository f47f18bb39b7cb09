import { describe, expect, it } from 'vitest'
import { Besieged } from '../support/besieged.ts'
import { copiedBytes } from '../support/copied-bytes.ts'
import { Machine } from '../support/machine.ts'
import { clientFrames } from '../support/raw-client.ts'
import { encodeWire, type WireFrame } from '../support/wire.ts'

const KEY = Uint8Array.of(1, 2, 3, 4)
const fragment = (opcode: number, payload = ''): WireFrame => ({ opcode, payload, fin: false })

describe('tiny fragments', () => {
  it('cost no more than the message, however many they are', () => {
    const machine = new Machine()
    const count = 50_000
    const first = encodeWire({ ...fragment(2, 'x'), key: KEY })
    const more = encodeWire({ ...fragment(0, 'x'), key: KEY })
    const batch = Buffer.concat(Array.from({ length: 1000 }, () => more))
    const copied = copiedBytes(() => {
      machine.receive(first)
      for (let i = 0; i < count; i += 1000) machine.receive(batch)
      machine.receive(encodeWire({ opcode: 0, key: KEY }))
    })
    expect(machine.log).toEqual([`binary ${'78'.repeat(count + 1)}`])
    // What comes in is copied by the test; beyond it, a buffer that doubles copies each byte twice at most.
    expect(copied).toBeLessThan(count * (more.length + 4))
  })

  it('end at the limit of a message, with 1009', async () => {
    await using server = await Besieged.start({ webSockets: { maxMessageSize: 1000 } })
    const peer = await server.peer()
    peer.send(fragment(1, 'x'), ...Array.from({ length: 1000 }, () => fragment(0, 'x')))
    expect(await peer.shown()).toBe('close 1009 a message of 1001 bytes: the limit is 1000')
    expect((await server.ended(1))[0]?.code).toBe(1009)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })
})

describe('empty fragments', () => {
  it('end at a limit of their own, with 1008', async () => {
    await using server = await Besieged.start()
    const peer = await server.peer()
    const thousand = clientFrames(...Array.from({ length: 1000 }, () => fragment(0)))
    peer.send(fragment(1))
    for (let i = 0; i < 17; i++) peer.write(thousand)
    expect(await peer.shown()).toBe('close 1008 too many empty fragments in one message')
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('leave nothing behind each, and Pings between them change nothing', () => {
    const machine = new Machine()
    machine.receive(encodeWire({ ...fragment(1), key: KEY }))
    const empty = encodeWire({ ...fragment(0), key: KEY })
    const ping = encodeWire({ opcode: 9, key: KEY })
    for (let i = 0; i < 16_383; i++) machine.receive(empty)
    machine.receive(ping)
    expect(machine.sink.violations).toEqual([])
    machine.receive(empty)
    expect(machine.sink.violations.map(({ code }) => code)).toEqual([1008])
  })
})

describe('empty messages', () => {
  it('are echoed one by one, and add up to nothing', async () => {
    await using server = await Besieged.start()
    const peer = await server.peer()
    const count = 5000
    peer.write(clientFrames(...Array.from({ length: count }, () => ({ opcode: 1 }))))
    expect((await peer.bytes(count * 2)).equals(Buffer.alloc(count * 2, '8100', 'hex'))).toBe(true)
    expect([...server.open].map((socket) => socket.bufferedAmount)).toEqual([0])
  })
})
