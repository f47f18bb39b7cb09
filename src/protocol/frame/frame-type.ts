/** What a frame is. A fragment has the type of the message it belongs to, so there is no "continuation". */
export interface FrameType {
  readonly name: 'TEXT' | 'BINARY' | 'CLOSE' | 'PING' | 'PONG'
  readonly controlFrame: boolean
  readonly opcode: number
}

// Constants of their own, with literal opcodes, so that bundles contain only those that they use.
export const TEXT: FrameType = { name: 'TEXT', controlFrame: false, opcode: 0x1 }
export const BINARY: FrameType = { name: 'BINARY', controlFrame: false, opcode: 0x2 }
export const CLOSE: FrameType = { name: 'CLOSE', controlFrame: true, opcode: 0x8 }
export const PING: FrameType = { name: 'PING', controlFrame: true, opcode: 0x9 }
export const PONG: FrameType = { name: 'PONG', controlFrame: true, opcode: 0xa }

const BY_OPCODE: Readonly<Record<number, FrameType>> = {
  1: TEXT,
  2: BINARY,
  8: CLOSE,
  9: PING,
  10: PONG,
}

/** As `FrameType.byOpcode`. */
export function frameTypeOf(opcode: number): FrameType | undefined {
  return BY_OPCODE[opcode]
}

/** The frame types, by name and by opcode. */
export const FrameType: {
  readonly TEXT: FrameType
  readonly BINARY: FrameType
  readonly CLOSE: FrameType
  readonly PING: FrameType
  readonly PONG: FrameType
  /** The type with this opcode; `undefined` for the continuation and for every reserved opcode. */
  byOpcode(opcode: number): FrameType | undefined
} = {
  TEXT,
  BINARY,
  CLOSE,
  PING,
  PONG,
  byOpcode: frameTypeOf,
}
