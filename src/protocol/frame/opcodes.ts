/**
 * The opcodes of RFC 6455, section 5.2; every other value is reserved. To be imported as a namespace, `Opcode`: bundlers
 * write the numbers in place of its members.
 *
 * @module
 */

export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa
