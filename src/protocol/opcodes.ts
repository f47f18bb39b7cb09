// RFC 6455, section 5.2; every other value is reserved. Import them as a namespace, `Opcode`: in place of what this module
// exports, which imports nothing, bundlers write the numbers.

export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa
