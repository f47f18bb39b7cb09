import { bytes, type Case, thousands } from '../case.ts'
import { echo, KIB, MIB, other } from '../plan.ts'

/** A cost over something that grows, and how far it may rise. */
export interface Cliff {
  readonly name: string
  readonly title: string
  /** What grows, and what the cost is of. */
  readonly axis: string
  readonly unit: string
  /** The cost at any point is at most so many times the least cost at a smaller one. */
  readonly bound: number
  readonly subjects: readonly string[]
  readonly lines: readonly CliffLine[]
  /** Where a case stands on the axis. */
  at(measured: Case): number
  /** A place on the axis in words. */
  show(at: number): string
  /** The cost by the figure of a case. */
  cost(figure: number, measured: Case): number
}

/** Cases that differ in what grows, and in nothing else. */
export interface CliffLine {
  /** What tells it from the other lines; empty for the only one. */
  readonly name: string
  readonly cases: readonly Case[]
}

/** "Flat": what two runs of the same thing differ by is not held against it. */
const FLAT = 1.25

const COUNTS: readonly number[] = [10, 30, 100, 300, 1000, 3000, 10_000]
const SIZES: readonly number[] = [
  16,
  128,
  KIB,
  4 * KIB,
  16 * KIB,
  64 * KIB,
  256 * KIB,
  MIB,
  4 * MIB,
  16 * MIB,
]
/** Few, so that the largest messages fit into memory. */
const SIZE_CONNS = 4

/** `ws` goes by the name given: with its addon or without. */
export function cliffs(ws: string): readonly Cliff[] {
  return [
    {
      name: 'connections',
      title: 'Echo of 128 B text, by connections',
      axis: 'connections',
      unit: 'µs CPU/message',
      bound: 1.4,
      subjects: ['antiphon-handler', ws, 'net'],
      lines: [1, 16].map((depth) => ({
        name: `depth ${depth}`,
        cases: COUNTS.map((conns) => echo(128, conns, depth, 'text')),
      })),
      at: ({ conns }) => conns,
      show: thousands,
      cost: (figure) => figure,
    },
    {
      name: 'bytes',
      title: `Echo of binary messages on ${SIZE_CONNS} connections, depth 1, by size`,
      axis: 'bytes',
      unit: 'ns CPU/byte',
      bound: 1.5,
      subjects: ['antiphon-handler', ws, 'net'],
      lines: [{ name: '', cases: SIZES.map((size) => echo(size, SIZE_CONNS, 1)) }],
      at: ({ size }) => size,
      show: bytes,
      cost: (figure, { size }) => (figure * 1000) / size,
    },
    {
      name: 'subscribers',
      title: 'Broadcast of 100 B, by subscribers',
      axis: 'subscribers',
      unit: 'µs CPU/delivery',
      bound: FLAT,
      subjects: ['antiphon-handler', ws],
      lines: [1, 16].map((depth) => ({
        name: `${depth} in flight`,
        cases: COUNTS.map((conns) => other('broadcast', conns, depth, 100)),
      })),
      at: ({ conns }) => conns,
      show: thousands,
      cost: (figure) => figure,
    },
  ]
}
