const encoder = new TextEncoder()

/** The bytes that hex digits name; all else is for the reader. */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces)
}

/** Repeatable integers from 0 to below `limit`; 0 for a limit of 0. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** The same bytes in pieces: octet by octet, or cut anywhere by the seed. Each is a copy. */
export function cut(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer>[] {
  const random = randomFrom(seed)
  const marks =
    seed % 4 === 0
      ? Array.from(bytes, (_, i) => i)
      : Array.from({ length: random(9) }, () => random(bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...marks].map((start, i) => Uint8Array.from(bytes.subarray(start, marks[i])))
}
