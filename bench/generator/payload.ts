import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { type Case, compresses } from '../case.ts'

const TEXT = 0x81
const BINARY = 0x82
const COMPRESSED = 0x40
/** Distinct bursts, so that no message is like the one before; and what they may take in all. */
const VARIANTS = 64
const MAX_BYTES = 16 * 1024 * 1024

/** What goes out in one write, and the content of its first message. */
export interface Burst {
  readonly bytes: Buffer
  readonly first: Buffer
}

/** Bursts of `depth` frames, masked when a client sends them. */
export function burstsOf(measured: Case, masked: boolean): readonly Burst[] {
  const { size, depth } = measured
  const count = Math.max(1, Math.min(VARIANTS, Math.floor(MAX_BYTES / ((size + 14) * depth))))
  return Array.from({ length: count }, (_, burst) => {
    const contents = Array.from({ length: depth }, (_, i) => contentOf(measured, burst * depth + i))
    return {
      bytes: Buffer.concat(contents.map((content) => frameOf(measured, content, masked))),
      first: contents[0]!,
    }
  })
}

function contentOf({ workload, payload, size }: Case, seed: number): Buffer {
  if (compresses(workload)) return fitted(records(size, seed), size)
  if (payload === 'binary') return randomBytes(size)
  return fitted(payload === 'text' ? words(size, seed) : signs(size, seed), size)
}

/** Cut to its size between characters; spaces fill it up. */
function fitted(text: string, size: number): Buffer {
  const bytes = Buffer.alloc(size, ' ')
  bytes.write(text)
  return bytes
}

function words(size: number, seed: number): string {
  return `message ${seed}: the quick brown fox jumps over the lazy dog. `.repeat(1 + size / 40)
}

function signs(size: number, seed: number): string {
  return `сообщение ${seed}: 快速的棕色狐狸 😀 père. `.repeat(1 + size / 40)
}

/** What an application might send: names that repeat, values that do not. */
function records(size: number, seed: number): string {
  const record = (i: number): string => {
    const number = (seed * 7919 + i * 104_729) % 1_000_003
    return `{"id":${number},"user":"user-${number % 997}","price":${(number % 9973) / 100},"active":${number % 2 === 0}}`
  }
  return `[${Array.from({ length: 1 + size / 50 }, (_, i) => record(i)).join(',')}]`
}

/** One whole frame, compressed for the workload that is about it (RFC 7692, section 7.2.1). */
function frameOf({ workload, payload }: Case, content: Buffer, masked: boolean): Buffer {
  const compressed = compresses(workload)
  const body = compressed
    ? deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    : content
  const first = (payload === 'binary' ? BINARY : TEXT) | (compressed ? COMPRESSED : 0)
  return frame(first, body, masked)
}

/** Header and payload (RFC 6455, section 5.2). */
export function frame(first: number, body: Buffer, masked: boolean): Buffer {
  const { length } = body
  const extended = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8
  const start = 2 + extended + (masked ? 4 : 0)
  const bytes = Buffer.allocUnsafe(start + length)
  bytes[0] = first
  bytes[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) bytes.writeUInt16BE(length, 2)
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2)
  body.copy(bytes, start)
  if (masked) {
    const key = randomBytes(4)
    key.copy(bytes, start - 4)
    for (let i = 0; i < length; i++) bytes[start + i]! ^= key[i & 3]!
  }
  return bytes
}
