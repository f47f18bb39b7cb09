/** What a raw deflate stream (RFC 1951) says: its bytes, and the largest distance it refers back. */
export interface DeflateReading {
  readonly bytes: Uint8Array
  readonly furthest: number
}

/** Reads complete blocks until the input ends. zlib does not tell how far back a stream refers, so this does. */
export function readDeflate(input: Uint8Array): DeflateReading {
  const bytes: number[] = []
  let furthest = 0
  let position = 0

  const bits = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++, position++) {
      const byte = input[position >> 3]
      if (byte === undefined) throw new RangeError('the stream ends within a block')
      value |= ((byte >> (position & 7)) & 1) << i
    }
    return value
  }
  const symbol = (code: HuffmanCode): number => {
    for (let length = 1, value = 0; length <= 15; length++) {
      value = (value << 1) | bits(1)
      const found = code.get((length << 16) | value)
      if (found !== undefined) return found
    }
    throw new RangeError('no such code')
  }
  const stored = (): void => {
    position = (position + 7) & ~7
    const length = bits(16)
    if ((bits(16) ^ 0xffff) !== length) throw new RangeError('the lengths of a stored block differ')
    for (let i = 0; i < length; i++) bytes.push(bits(8))
  }
  const compressed = (literals: HuffmanCode, distances: HuffmanCode): void => {
    for (;;) {
      const literal = symbol(literals)
      if (literal === 256) return
      if (literal < 256) {
        bytes.push(literal)
        continue
      }
      const length = LENGTHS[literal - 257]! + bits(LENGTH_BITS[literal - 257]!)
      const code = symbol(distances)
      const distance = DISTANCES[code]! + bits(DISTANCE_BITS[code]!)
      if (distance > bytes.length) throw new RangeError('a reference to what was before the start')
      furthest = Math.max(furthest, distance)
      for (let i = 0; i < length; i++) bytes.push(bytes[bytes.length - distance]!)
    }
  }
  const dynamic = (): void => {
    const literalCount = bits(5) + 257
    const distanceCount = bits(5) + 1
    const orderCount = bits(4) + 4
    const order = equal(19, 0)
    for (let i = 0; i < orderCount; i++) order[CODE_ORDER[i]!] = bits(3)
    const codes = huffman(order)
    const lengths: number[] = []
    while (lengths.length < literalCount + distanceCount) {
      const code = symbol(codes)
      if (code < 16) lengths.push(code)
      else if (code === 16) lengths.push(...equal(3 + bits(2), lengths.at(-1)!))
      else lengths.push(...equal(code === 17 ? 3 + bits(3) : 11 + bits(7), 0))
    }
    compressed(huffman(lengths.slice(0, literalCount)), huffman(lengths.slice(literalCount)))
  }

  while (position < input.length * 8 - 7) {
    bits(1)
    const type = bits(2)
    if (type === 0) stored()
    else if (type === 1) compressed(FIXED_LITERALS, FIXED_DISTANCES)
    else dynamic()
  }
  return { bytes: Uint8Array.from(bytes), furthest }
}

/** By length in the upper and code in the lower sixteen bits. */
type HuffmanCode = ReadonlyMap<number, number>

function huffman(lengths: readonly number[]): HuffmanCode {
  const codes = new Map<number, number>()
  for (let length = 1, next = 0; length <= 15; length++, next <<= 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own === length) codes.set((length << 16) | next++, symbol)
    }
  }
  return codes
}

function equal(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value)
}

const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]
const LENGTH_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
]
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const FIXED_LITERALS = huffman([
  ...equal(144, 8),
  ...equal(112, 9),
  ...equal(24, 7),
  ...equal(8, 8),
])
const FIXED_DISTANCES = huffman(equal(30, 5))
