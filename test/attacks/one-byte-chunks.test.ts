import { describe, expect, it } from 'vitest'
import { copiedBytes } from '../support/copied-bytes.ts'
import { Machine } from '../support/machine.ts'
import { rig, watch } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

const KEY = Uint8Array.of(1, 2, 3, 4)

describe('megabytes in chunks of one byte', () => {
  it('are read with work that grows with their number, and not with its square', () => {
    const size = 1024 * 1024
    const wire = encodeWire({ opcode: 2, payload: new Uint8Array(size).fill(7), key: KEY })
    const machine = new Machine()
    const one = new Uint8Array(1)
    let taken = 0
    const copied = copiedBytes(() => {
      for (const octet of wire) {
        one[0] = octet
        taken += machine.connection.receive(one, 0, 1)
      }
    })
    expect(taken).toBe(wire.length)
    expect(machine.sink.hints).toEqual([{ ascii: true, owned: true }])
    expect(copied).toBeLessThan(3 * size)
  })

  it('are validated as they come when they are text, and end with the byte that is wrong', () => {
    const size = 100_000
    const wire = encodeWire({ opcode: 1, payload: 'é'.repeat(size), key: KEY })
    wire[wire.length - 1]! ^= 0x40
    const machine = new Machine()
    for (let i = 0; i < wire.length - 1; i++) machine.receive(wire.subarray(i, i + 1))
    expect(machine.log).toEqual([])
    machine.receive(wire.subarray(-1))
    expect(machine.sentClose()).toBe(1007)
  })

  it('hold no more than a few times what has come of them', () => {
    const machine = new Machine({ limits: { maxFrameSize: 2 ** 40, maxMessageSize: 2 ** 40 } })
    const before = process.memoryUsage().arrayBuffers
    // A terabyte is announced, a kilobyte comes.
    machine.receive('82 ff 0000010000000000 00000000')
    for (let i = 0; i < 1024; i++) machine.receive('61')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
    expect(machine.log).toEqual([])
  })

  it('wake no listener before the message is whole', () => {
    const r = rig()
    watch(r)
    const wire = encodeWire({ opcode: 1, payload: 'slowly', key: KEY })
    for (let i = 0; i < wire.length; i++) {
      expect(r.log).toEqual([])
      r.peer.send(wire.subarray(i, i + 1))
    }
    expect(r.log).toEqual(['text slowly'])
  })
})
