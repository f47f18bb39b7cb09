import { describe, expect, it } from 'vitest'
import { FrameType } from '../../../src/protocol/frame/frame-type.ts'

describe('FrameType', () => {
  it.each([
    [1, FrameType.TEXT, 'TEXT', false],
    [2, FrameType.BINARY, 'BINARY', false],
    [8, FrameType.CLOSE, 'CLOSE', true],
    [9, FrameType.PING, 'PING', true],
    [10, FrameType.PONG, 'PONG', true],
  ])('has opcode %i', (opcode, type, name, controlFrame) => {
    expect(FrameType.byOpcode(opcode)).toBe(type)
    expect(type).toEqual({ name, controlFrame, opcode })
  })

  it.each([-1, 0, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 1.5, Number.NaN])(
    'has none with opcode %d',
    (opcode) => {
      expect(FrameType.byOpcode(opcode)).toBeUndefined()
    },
  )
})
