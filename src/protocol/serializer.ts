export function encodeFrame(_opcode: number, _payload: Uint8Array): Uint8Array<ArrayBuffer> {
  throw new Error('soon')
}
