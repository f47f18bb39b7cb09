import type { TestFrame } from '../suite/case.ts'
import { bytesOf } from '../suite/steps.ts'

/** The bytes of a frame as the tester's role has to send it, or as wrong as it is wanted. */
export function encodeFrame(
  frame: TestFrame,
  tester: 'client' | 'server',
  key: Uint8Array,
): Uint8Array {
  const payload = bytesOf(frame.payload ?? '')
  const masked = (tester === 'client') !== (frame.wrongMask ?? false)
  const { octets, value } = frame.length ?? shortest(payload.length)
  const header = [((frame.fin ?? true) ? 0x80 : 0) | ((frame.rsv ?? 0) << 4) | frame.opcode]
  const flag = masked ? 0x80 : 0
  header.push(flag | (octets === 0 ? Number(value) : octets === 2 ? 126 : 127))
  for (let i = octets - 1; i >= 0; i--) header.push(Number((value >> BigInt(8 * i)) & 0xffn))
  if (masked) header.push(...key)
  const bytes = new Uint8Array(header.length + payload.length)
  bytes.set(header)
  bytes.set(payload, header.length)
  if (masked) {
    for (let i = 0; i < payload.length; i++) bytes[header.length + i]! ^= key[i & 3]!
  }
  return bytes
}

function shortest(length: number): { readonly octets: 0 | 2 | 8; readonly value: bigint } {
  return { octets: length < 126 ? 0 : length < 65_536 ? 2 : 8, value: BigInt(length) }
}
