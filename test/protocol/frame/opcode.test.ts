import { expect, it } from 'vitest'
import { isControl } from '../../../src/protocol/frame/opcode.ts'
import * as Opcode from '../../../src/protocol/frame/opcodes.ts'

it('counts 0x8 to 0xf as control frames, reserved ones too (RFC 6455, section 5.5)', () => {
  const control = Array.from({ length: 16 }, (_, opcode) => opcode).filter(isControl)
  expect(control).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
})

it('has the opcodes of RFC 6455, section 5.2', () => {
  expect({ ...Opcode }).toEqual({
    CONTINUATION: 0,
    TEXT: 1,
    BINARY: 2,
    CLOSE: 8,
    PING: 9,
    PONG: 10,
  })
})
