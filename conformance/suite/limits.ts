import type { Case, Step } from './case.ts'
import { noise, textOf } from './sample-data.ts'
import {
  BINARY,
  binary,
  binaryEcho,
  fragments,
  heard,
  hears,
  lazily,
  more,
  TEXT,
  text,
  textEcho,
} from './steps.ts'

const KIB = 1024
const MIB = KIB * KIB

const SIZES: readonly number[] = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB]
const FRAGMENTS: readonly number[] = [
  64,
  256,
  KIB,
  4 * KIB,
  16 * KIB,
  64 * KIB,
  256 * KIB,
  MIB,
  4 * MIB,
]
const PIECES: readonly number[] = [64, 128, 256, 512, 1024, 2048]
const MESSAGES: readonly number[] = [0, 16, 64, 256, 1024, 4096]

/** How many messages go forth and back. */
const ROUNDS = 1000

interface Kind {
  readonly name: string
  readonly opcode: 1 | 2
  make(size: number): Uint8Array
  one(payload: Uint8Array): Step
  echo(payload: Uint8Array): string
}

const KINDS: readonly Kind[] = [
  { name: 'text', opcode: TEXT, make: textOf, one: text, echo: textEcho },
  { name: 'binary', opcode: BINARY, make: noise, one: binary, echo: binaryEcho },
]

/** A group of its own for texts, and the next one for binaries; both made when they are needed. */
function both<T>(
  group: number,
  values: readonly T[],
  make: (
    kind: Kind,
    value: T,
  ) => Pick<Case, 'title' | 'send' | 'chop'> & { echoes(): Iterable<string> },
): Case[] {
  return KINDS.flatMap((kind, k) =>
    values.map((value, i) => {
      const { echoes, ...test } = make(kind, value)
      return {
        id: `9.${group + k}.${i + 1}`,
        rfc: '10.4',
        ...test,
        expect: { ...hears(), events: lazily(echoes) },
      }
    }),
  )
}

/** The last fragment is not the last one after all: an empty one is. */
function* unfinished(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step.kind === 'frame' ? { ...step, frame: { ...step.frame, fin: false } } : step
  }
  yield more('')
}

/** 9: long messages, many fragments, small pieces, many messages. */
export const limits: readonly Case[] = [
  ...both(1, SIZES, (kind, size) => ({
    title: `${kind.name} of ${size} bytes`,
    send: lazily(() => [kind.one(kind.make(size))]),
    echoes: () => [kind.echo(kind.make(size))],
  })),
  ...both(3, FRAGMENTS, (kind, size) => ({
    title: `${kind.name} of ${4 * MIB} bytes in fragments of ${size}, and an empty last one`,
    send: lazily(() => unfinished(fragments(kind.opcode, kind.make(4 * MIB), size))),
    echoes: () => [kind.echo(kind.make(4 * MIB))],
  })),
  ...both(5, PIECES, (kind, size) => ({
    title: `${kind.name} of ${MIB} bytes in pieces of ${size}`,
    chop: size,
    send: lazily(() => [kind.one(kind.make(MIB))]),
    echoes: () => [kind.echo(kind.make(MIB))],
  })),
  ...both(7, MESSAGES, (kind, size) => ({
    title: `${ROUNDS} times ${kind.name} of ${size} bytes, each after the echo of the one before`,
    send: lazily(function* () {
      const payload = kind.make(size)
      for (let i = 1; i <= ROUNDS; i++) {
        yield kind.one(payload)
        yield heard(i)
      }
    }),
    echoes: () => Array.from({ length: ROUNDS }, () => kind.echo(kind.make(size))),
  })),
]
