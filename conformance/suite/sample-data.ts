/** Repeatable integers from 0 to below `limit`. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const CHARACTERS: readonly string[] = ['a', 'é', '€', '😀', 'lorem ipsum ', 'ß', '語', '0123456789']

/** Long content repeats itself after so many bytes. */
const BLOCK = 65_521

const TEXT_BLOCK: Uint8Array = textBlock()
const NOISE_BLOCK: Uint8Array = noiseBlock()

/** Text of exactly so many bytes of UTF-8, with characters of every length. */
export function textOf(size: number): Uint8Array {
  const bytes = repeatedTo(size, TEXT_BLOCK)
  // A character that would be cut gives way to full stops.
  let end = size
  while (end > 0 && (bytes[end - 1]! & 0xc0) === 0x80) end--
  return end > 0 && bytes[end - 1]! >= 0x80 ? bytes.fill(0x2e, end - 1) : bytes
}

/** Bytes without a pattern. */
export function noise(size: number): Uint8Array {
  return repeatedTo(size, NOISE_BLOCK)
}

function repeatedTo(size: number, block: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += block.length) {
    bytes.set(block.subarray(0, Math.min(block.length, size - at)), at)
  }
  return bytes
}

function textBlock(): Uint8Array {
  const random = randomFrom(1)
  let text = ''
  while (text.length < BLOCK / 2) text += CHARACTERS[random(CHARACTERS.length)]
  return new TextEncoder().encode(text)
}

function noiseBlock(): Uint8Array {
  const random = randomFrom(2)
  return Uint8Array.from({ length: BLOCK }, () => random(256))
}

const SAMPLE_SIZE = 262_144

/** What is sent compressed: kinds of content that deflate treats differently. */
export const SAMPLES: Readonly<Record<string, { readonly text: boolean; make(): Uint8Array }>> = {
  'JSON, text': { text: true, make: () => repeated((i, random) => jsonRecord(i, random)) },
  'a picture, binary': { text: false, make: picture },
  'prose, binary': { text: false, make: () => repeated((_, random) => sentence(random)) },
  'HTML, text': {
    text: true,
    make: () => repeated((i, random) => `<li id="n${i}"><b>${sentence(random)}</b></li>\n`),
  },
  'packed data, binary': { text: false, make: () => noise(SAMPLE_SIZE) },
}

function repeated(line: (i: number, random: (limit: number) => number) => string): Uint8Array {
  const random = randomFrom(1)
  let content = ''
  for (let i = 0; content.length < SAMPLE_SIZE; i++) content += line(i, random)
  return new TextEncoder().encode(content)
}

const WORDS: readonly string[] =
  'antiphon choir voice answer verse measure silence breath echo chord stave rest refrain'.split(
    ' ',
  )

function sentence(random: (limit: number) => number): string {
  const words = Array.from({ length: 4 + random(9) }, () => WORDS[random(WORDS.length)])
  return `${words.join(' ')}. `
}

function jsonRecord(i: number, random: (limit: number) => number): string {
  return `${JSON.stringify({ id: i, name: WORDS[random(WORDS.length)], score: random(1e6) / 100, tags: [WORDS[random(5)], WORDS[random(13)]] })},\n`
}

/** A gradient with some grain. */
function picture(): Uint8Array {
  const random = randomFrom(7)
  return Uint8Array.from({ length: SAMPLE_SIZE }, (_, i) => ((i >> 9) + (i & 511)) / 4 + random(3))
}
