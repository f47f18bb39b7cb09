/** The opcodes of RFC 6455, section 5.2; every other value is reserved. */
export const Opcode = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const

/** The opcode of a whole message. */
export type DataOpcode = typeof Opcode.TEXT | typeof Opcode.BINARY

/** True for 0x8 to 0xf: control frames, reserved ones included (RFC 6455, section 5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= 0x8
}
