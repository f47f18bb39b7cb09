import type { WsMessage } from 'antiphon'

/** In characters of text, or in bytes: around the borders of the frame header, and what applications send. */
const SIZES: readonly number[] = [16, 60, 115, 125, 126, 300, 1_000, 200, 4_096, 32, 16_000]
const LARGE = 65_536
const LARGE_EVERY = 101

/** One, two and three bytes a character in UTF-8. */
const TEXT = 'antiphon é 日本 '.repeat(LARGE / 8)
const BYTES = Uint8Array.from({ length: LARGE + 256 }, (_, i) => (i * 167 + (i >> 8)) & 0xff)

/** Message number `n` of a connection, the same in every process: even ones are text, odd ones bytes. */
export function content(n: number): string | Uint8Array {
  const size = n % LARGE_EVERY === LARGE_EVERY - 1 ? LARGE : SIZES[n % SIZES.length]!
  if (n % 2 === 0) return `${n} ${TEXT.slice(0, size)}`
  const bytes = new Uint8Array(4 + size)
  new DataView(bytes.buffer).setUint32(0, n)
  bytes.set(BYTES.subarray(n & 0xff, (n & 0xff) + size), 4)
  return bytes
}

/** Whether a message is number `n`, byte for byte. */
export function isContent(message: WsMessage, n: number): boolean {
  if (!Number.isInteger(n)) return false
  const expected = content(n)
  if (typeof expected === 'string') return message.mode === 'text' && message.text() === expected
  return message.mode === 'binary' && Buffer.compare(message.bytes(), expected) === 0
}

/** The number that a message says it has; `NaN` for none. */
export function numberOf(message: WsMessage): number {
  if (message.mode === 'text') return Number.parseInt(message.text(), 10)
  const bytes = message.bytes()
  return bytes.length < 4 ? Number.NaN : Buffer.from(bytes.buffer).readUInt32BE(0)
}

/** What is not echoed but obeyed, or told by the server by itself: a word, a number, and perhaps filler. */
export function remark(word: Word, n: number, size = 0): string {
  return `#${word} ${n} ${TEXT.slice(0, size)}`
}

/**
 * `welcome` and `bye`: how many broadcasts there have been so far. `cast`, `burst`: number `n` of its kind. A client says
 * `burst` to ask for `n` of them, and `bye` to leave.
 */
export type Word = 'welcome' | 'cast' | 'burst' | 'bye'

export interface Remark {
  readonly word: string
  readonly n: number
}

/** A message as a remark; `undefined` when it is one of the numbered ones. */
export function asRemark(message: WsMessage): Remark | undefined {
  if (message.mode === 'binary') return undefined
  const text = message.text()
  if (!text.startsWith('#')) return undefined
  const [word = '', n = ''] = text.slice(1, 32).split(' ')
  return { word, n: Number(n) }
}
