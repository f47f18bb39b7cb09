import * as Opcode from './opcodes.ts'

/** The opcode of a whole message. */
export type DataOpcode = typeof Opcode.TEXT | typeof Opcode.BINARY

/** True for 0x8 to 0xf: control frames, reserved ones included (RFC 6455, section 5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= Opcode.CLOSE
}
