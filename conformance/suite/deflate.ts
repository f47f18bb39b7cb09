import type { Case, DeflateTerms, Step } from './case.ts'
import { describeEvent } from './event.ts'
import { SAMPLES } from './sample-data.ts'
import { BINARY, heard, hears, lazily, TEXT } from './steps.ts'

/** Size of a message, and of the fragments it is sent in; 0 for one frame. */
const SIZES: readonly (readonly [size: number, fragment: number])[] = [
  ...[16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map((n) => [n, 0] as const),
  ...[8192, 16_384, 32_768, 65_536, 131_072].map((n) => [n, 256] as const),
  [131_072, 1024],
  [131_072, 4096],
  [131_072, 32_768],
]

const DEFAULT: DeflateTerms = { noContextTakeover: false, windowBits: 0 }

const TERMS: readonly (readonly DeflateTerms[])[] = [
  [DEFAULT],
  [{ noContextTakeover: true, windowBits: 0 }],
  [{ noContextTakeover: false, windowBits: 9 }],
  [{ noContextTakeover: false, windowBits: 15 }],
  [{ noContextTakeover: true, windowBits: 9 }],
  [{ noContextTakeover: true, windowBits: 15 }],
  [{ noContextTakeover: true, windowBits: 9 }, { noContextTakeover: true, windowBits: 0 }, DEFAULT],
]

/** How many messages of a case go forth and back: `FULL` is what the original suite sends. */
export interface DeflateVolume {
  readonly messages: number
  /** Bytes of all messages of a case; at least eight are sent. */
  readonly bytes: number
}

export const SHORT: DeflateVolume = { messages: 250, bytes: 131_072 }
export const FULL: DeflateVolume = { messages: 1000, bytes: Number.POSITIVE_INFINITY }

/** 12: kinds of content; 13: what is agreed on. */
export function deflate(volume: DeflateVolume): readonly Case[] {
  const kinds = Object.keys(SAMPLES)
  return [
    ...kinds.flatMap((kind, i) => group(`12.${i + 1}`, kind, [DEFAULT], volume)),
    ...TERMS.flatMap((terms, i) => group(`13.${i + 1}`, kinds[0]!, terms, volume)),
  ]
}

function group(
  id: string,
  kind: string,
  terms: readonly DeflateTerms[],
  volume: DeflateVolume,
): Case[] {
  const { text, make } = SAMPLES[kind]!
  const opcode = text ? TEXT : BINARY
  return SIZES.map(([size, fragment], i) => {
    const count = Math.min(volume.messages, Math.max(8, Math.floor(volume.bytes / size)))
    const payloads = (): Iterable<Uint8Array> => slices(make(), size, count)
    return {
      id: `${id}.${i + 1}`,
      title: `${count} times ${size} bytes of ${kind}${fragment === 0 ? '' : `, in fragments of ${fragment}`}; ${terms.map(named).join(', or ')}`,
      rfc: 'RFC 7692, 7.2',
      deflate: terms,
      send: lazily(function* (): Generator<Step> {
        let events = 0
        for (const payload of payloads()) {
          yield { kind: 'message', opcode, payload, fragment }
          yield heard(++events)
        }
      }),
      expect: {
        ...hears(),
        events: lazily(function* () {
          for (const payload of payloads()) yield describeEvent(opcode, payload)
        }),
      },
    }
  })
}

/** One slice after the other, from the beginning again where the content ends. */
function* slices(content: Uint8Array, size: number, count: number): Generator<Uint8Array> {
  let offset = 0
  for (let i = 0; i < count; i++) {
    if (offset + size > content.length) offset = 0
    yield content.subarray(offset, offset + size)
    offset += size
  }
}

function named({ noContextTakeover, windowBits }: DeflateTerms): string {
  const window = windowBits === 0 ? 'any window' : `a window of ${windowBits} bits`
  return `${window}${noContextTakeover ? ' that is not kept' : ''}`
}
