/** In the first octet. */
export const FIN = 0x80
export const RSV = 0x70

/** In the second octet. */
export const MASKED = 0x80

/** The longest header: two octets, a 64-bit length, a key. */
export const MAX_HEADER = 14

/** A control frame carries at most this many bytes (RFC 6455, section 5.5). */
export const MAX_CONTROL_PAYLOAD = 125

/** How many octets a header takes for a payload of `length` (RFC 6455, section 5.2). */
export function frameHeaderSize(length: number, masked: boolean): number {
  return (length < 126 ? 2 : length < 0x1_0000 ? 4 : 10) + (masked ? 4 : 0)
}

/**
 * Writes a header at `offset`; returns where the payload begins. `first` is the whole first octet: FIN, reserved bits
 * and opcode. `maskKey` as `applyMask` takes it, `undefined` for none.
 */
export function writeFrameHeader(
  target: Uint8Array,
  offset: number,
  first: number,
  length: number,
  maskKey: number | undefined,
): number {
  const flag = maskKey === undefined ? 0 : MASKED
  let position = offset
  target[position++] = first
  if (length < 126) {
    target[position++] = flag | length
  } else if (length < 0x1_0000) {
    target[position++] = flag | 126
    target[position++] = length >>> 8
    target[position++] = length
  } else {
    target[position++] = flag | 127
    position = writeWord(target, position, Math.floor(length / 0x1_0000_0000))
    position = writeWord(target, position, length % 0x1_0000_0000)
  }
  if (maskKey !== undefined) {
    target[position++] = maskKey
    target[position++] = maskKey >>> 8
    target[position++] = maskKey >>> 16
    target[position++] = maskKey >>> 24
  }
  return position
}

function writeWord(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >>> 24
  target[offset + 1] = value >>> 16
  target[offset + 2] = value >>> 8
  target[offset + 3] = value
  return offset + 4
}

/** One whole frame, final and unmasked. `opcode` may include reserved bits. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(frameHeaderSize(payload.length, false) + payload.length)
  frame.set(payload, writeFrameHeader(frame, 0, FIN | opcode, payload.length, undefined))
  return frame
}
