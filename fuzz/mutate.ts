/** Integers from 0 to below a limit. */
export type Random = (limit: number) => number

const LARGEST = 1024

/** Octets at the edges of what formats tell apart. */
const EDGES: readonly number[] = [
  0, 1, 0x0a, 0x0d, 0x20, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xfe, 0xff,
]

/** An input that is one of `all`, changed in a few places. */
export function mutate(
  all: readonly Uint8Array[],
  words: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  let bytes = [...pick(all, random)]
  for (let changes = 1 + random(6); changes > 0; changes--) {
    bytes = change(bytes, all, words, random)
  }
  return Uint8Array.from(bytes.slice(0, LARGEST))
}

function change(
  bytes: number[],
  all: readonly Uint8Array[],
  words: readonly Uint8Array[],
  random: Random,
): number[] {
  const at = random(bytes.length + 1)
  const count = 1 + random(1 + random(16))
  switch (random(8)) {
    case 0:
      return bytes.map((octet, i) => (i === at ? random(256) : octet))
    case 1:
      return bytes.map((octet, i) => (i === at ? octet ^ (1 << random(8)) : octet))
    case 2:
      return bytes.map((octet, i) => (i === at ? pick(EDGES, random) : octet))
    case 3:
      return bytes.toSpliced(at, count)
    case 4:
      return bytes.toSpliced(at, 0, ...Array.from({ length: count }, () => random(256)))
    case 5:
      return bytes.toSpliced(at, 0, ...bytes.slice(random(bytes.length + 1)).slice(0, count))
    case 6:
      return words.length === 0
        ? bytes
        : bytes.toSpliced(at, random(2) * count, ...pick(words, random))
    default: {
      const other = pick(all, random)
      return [...bytes.slice(0, at), ...other.subarray(random(other.length + 1))]
    }
  }
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[random(all.length)]!
}
