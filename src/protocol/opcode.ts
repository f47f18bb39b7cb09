import * as Opcodes from './opcodes.ts'

/** The opcodes of RFC 6455, section 5.2; every other value is reserved. */
export const Opcode: typeof Opcodes = {
  CONTINUATION: Opcodes.CONTINUATION,
  TEXT: Opcodes.TEXT,
  BINARY: Opcodes.BINARY,
  CLOSE: Opcodes.CLOSE,
  PING: Opcodes.PING,
  PONG: Opcodes.PONG,
}

/** The opcode of a whole message. */
export type DataOpcode = typeof Opcodes.TEXT | typeof Opcodes.BINARY

/** True for 0x8 to 0xf: control frames, reserved ones included (RFC 6455, section 5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= Opcodes.CLOSE
}
