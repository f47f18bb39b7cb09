import { Opcode } from './opcode.ts'

/** What a frame is. A fragment has the type of the message it belongs to, so there is no "continuation". */
export interface FrameType {
  readonly name: 'TEXT' | 'BINARY' | 'CLOSE' | 'PING' | 'PONG'
  readonly controlFrame: boolean
  readonly opcode: number
}

const TEXT: FrameType = { name: 'TEXT', controlFrame: false, opcode: Opcode.TEXT }
const BINARY: FrameType = { name: 'BINARY', controlFrame: false, opcode: Opcode.BINARY }
const CLOSE: FrameType = { name: 'CLOSE', controlFrame: true, opcode: Opcode.CLOSE }
const PING: FrameType = { name: 'PING', controlFrame: true, opcode: Opcode.PING }
const PONG: FrameType = { name: 'PONG', controlFrame: true, opcode: Opcode.PONG }

const BY_OPCODE: ReadonlyMap<number, FrameType> = new Map(
  [TEXT, BINARY, CLOSE, PING, PONG].map((type) => [type.opcode, type]),
)

/** The frame types by name, and the way back from an opcode. */
export const FrameType: {
  readonly TEXT: FrameType
  readonly BINARY: FrameType
  readonly CLOSE: FrameType
  readonly PING: FrameType
  readonly PONG: FrameType
  /** The type with this opcode; `undefined` for the continuation and for every reserved opcode. */
  byOpcode(opcode: number): FrameType | undefined
} = { TEXT, BINARY, CLOSE, PING, PONG, byOpcode: (opcode) => BY_OPCODE.get(opcode) }
