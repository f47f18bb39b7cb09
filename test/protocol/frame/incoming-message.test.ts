import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { IncomingMessage } from '../../../src/protocol/frame/incoming-message.ts'
import * as Opcode from '../../../src/protocol/frame/opcodes.ts'
import { bytes } from '../../support/hex.ts'

const { isUtf8 } = portablePorts

function add(message: IncomingMessage, content: string, high = 0x80): boolean {
  const octets = bytes(content)
  return message.add(octets, 0, octets.length, high, 0)
}

describe('IncomingMessage', () => {
  it('puts its pieces together in a buffer of exactly their size', () => {
    const message = new IncomingMessage(Opcode.BINARY, 0, isUtf8)
    expect(add(message, '01 02')).toBe(true)
    expect(add(message, 'ff')).toBe(true)
    expect(message.length).toBe(3)
    const taken = message.take()
    expect(taken).toEqual(bytes('01 02 ff'))
    expect(taken.buffer.byteLength).toBe(3)
  })

  it('refuses text at the first octet that cannot be UTF-8', () => {
    const message = new IncomingMessage(Opcode.TEXT, 0, isUtf8)
    expect(add(message, '61 e2')).toBe(true)
    expect(message.endsWell).toBe(false)
    expect(add(message, '82')).toBe(true)
    expect(message.endsWell).toBe(false)
    expect(add(message, 'ac')).toBe(true)
    expect(message.endsWell).toBe(true)
    expect(add(message, 'f4')).toBe(true)
    expect(add(message, '90')).toBe(false)
  })

  it('does not look at bytes, nor at text that an extension will change', () => {
    for (const message of [
      new IncomingMessage(Opcode.BINARY, 0, isUtf8),
      new IncomingMessage(Opcode.TEXT, 0x40, isUtf8),
    ]) {
      expect(add(message, 'ff e2')).toBe(true)
      expect(message.endsWell).toBe(true)
    }
  })

  it('knows that it is ASCII while every piece was', () => {
    const message = new IncomingMessage(Opcode.TEXT, 0, isUtf8)
    add(message, '61', 0)
    expect(message.ascii).toBe(true)
    add(message, 'c3a9', 0x80)
    add(message, '61', 0)
    expect(message.ascii).toBe(false)
  })
})
