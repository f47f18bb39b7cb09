import type { Case } from '../case.ts'
import { echo, KIB, other } from '../plan.ts'
import { BASELINE } from '../subjects.ts'

/** What one subject may cost beside another: at most so many times as much. */
export interface Target {
  readonly measured: Case
  readonly subject: string
  readonly against: string
  /** Of cost, whatever the unit counts: where more is better, so many times fewer at most. */
  readonly bound: number
}

/** The bounds of one workload, against `ws` and Bun. */
interface Bounds {
  readonly measured: Case
  readonly ws?: number
  readonly bun?: number
  /** Against `ws`, without the private ways of reading and writing a socket and driving zlib. */
  readonly public?: number
}

const BESIDE_OTHERS: readonly Bounds[] = [
  { measured: echo(16, 100, 1), ws: 0.75, bun: 1.4, public: 0.9 },
  { measured: echo(128, 100, 1, 'text'), ws: 0.75, bun: 1.4, public: 0.9 },
  { measured: echo(KIB, 100, 1), ws: 0.7, bun: 1.3, public: 0.9 },
  { measured: echo(16 * KIB, 100, 1), ws: 0.62, bun: 0.95 },
  { measured: echo(64 * KIB, 10, 1), ws: 0.7, bun: 1.35 },
  { measured: echo(16, 100, 16), public: 0.12 },
  { measured: echo(128, 100, 16, 'text'), ws: 0.1, bun: 1.25, public: 0.12 },
  { measured: echo(KIB, 100, 16), ws: 0.14, bun: 1.25, public: 0.16 },
  { measured: other('broadcast', 1000, 1, 100), ws: 0.9, bun: 1.4 },
  { measured: other('broadcast', 1000, 16, 100), ws: 0.09, bun: 1.1 },
  { measured: other('deflate', 100, 1, KIB, false), ws: 0.3, bun: 1.25, public: 0.42 },
  { measured: other('deflate', 100, 1, KIB, true), ws: 0.62, bun: 1 },
  { measured: other('idle', 10_000), ws: 0.85 },
  { measured: other('handshakes', 32), ws: 1 / 1.15 },
]

/** What is shown beside the targets, and has none. */
export const WITHOUT_TARGET: readonly Case[] = [other('deflate-broadcast', 1000, 1, KIB)]

/** What comes on top of a handler, and of a session. */
const ON_TOP = [
  { subject: 'antiphon-session', against: 'antiphon-handler', bound: 1.3 },
  { subject: 'antiphon-typed', against: 'antiphon-handler', bound: 1.25 },
  { subject: 'antiphon-filters', against: 'antiphon-handler', bound: 1.25 },
  { subject: 'antiphon-stacked', against: 'antiphon-session', bound: 1.25 },
] as const

const BURSTS: readonly Case[] = [echo(128, 100, 16, 'text'), echo(KIB, 100, 16)]

export const WITH_ADDON = 'ws+bufferutil'

/** Of these, `ws` with its addon where that is there: the faster one is the one to beat. */
export function wsToBeat(subjects: readonly { readonly name: string }[]): string {
  return subjects.some(({ name }) => name === WITH_ADDON) ? WITH_ADDON : BASELINE
}

/** Every bound there is, where `ws` goes by this name: with its addon or without. */
export function allTargets(ws: string): readonly Target[] {
  const besideOthers = BESIDE_OTHERS.flatMap(({ measured, ...bounds }) => {
    // An asynchronous consumer is held to the same, wherever it does something for each message.
    const styles = measured.workload === 'echo' ? ['handler', 'async'] : ['handler']
    const found: Target[] = []
    const add = (style: string, against: string, bound: number | undefined): void => {
      if (bound === undefined) return
      found.push({ measured, subject: `antiphon-${style}`, against, bound })
    }
    for (const style of styles) add(style, ws, bounds.ws)
    for (const style of styles) add(style, 'bun', bounds.bun)
    add('public', ws, bounds.public)
    return found
  })
  const onTop = BURSTS.flatMap((measured) => ON_TOP.map((each): Target => ({ measured, ...each })))
  return [...besideOthers, ...onTop]
}
