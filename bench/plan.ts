import { type Case, compresses, type PayloadKind, type Workload } from './case.ts'

/** What a command line may fix about every case. */
export interface Narrowing {
  readonly conns?: number | undefined
  readonly depth?: number | undefined
  readonly size?: number | undefined
  readonly payload?: PayloadKind | undefined
}

export const KIB = 1024
export const MIB: number = 1024 * KIB

export function echo(
  size: number,
  conns: number,
  depth: number,
  payload: PayloadKind = 'binary',
): Case {
  return { workload: 'echo', conns, depth, size, payload, takeover: false }
}

export function other(
  workload: Workload,
  conns: number,
  depth = 1,
  size = 0,
  takeover = false,
): Case {
  const payload = compresses(workload) ? 'text' : 'binary'
  return { workload, conns, depth, size, payload, takeover }
}

/** All that is measured when the command line says nothing. */
export const ALL_CASES: readonly Case[] = [
  echo(16, 1, 1),
  echo(16, 100, 1),
  echo(16, 1000, 1),
  echo(128, 100, 1, 'text'),
  echo(128, 100, 1, 'non-ascii'),
  echo(KIB, 100, 1),
  echo(16 * KIB, 100, 1),
  echo(64 * KIB, 10, 1),
  echo(MIB, 10, 1),
  echo(16, 100, 16),
  echo(128, 100, 16, 'text'),
  echo(128, 1000, 16, 'text'),
  echo(128, 100, 16, 'non-ascii'),
  echo(KIB, 100, 16),
  echo(16 * KIB, 100, 16),
  other('broadcast', 1000, 1, 100),
  other('broadcast', 1000, 16, 100),
  other('broadcast', 1000, 16, KIB),
  other('deflate', 100, 1, KIB, false),
  other('deflate', 100, 1, KIB, true),
  other('deflate-broadcast', 1000, 1, KIB),
  other('handshakes', 32),
  other('idle', 10_000),
  other('receive', 10, 256, 128),
  other('receive', 10, 16, 16 * KIB),
  other('closing', 10_000),
]

/** Whether a case is of one of these workloads, any for none, and as narrow. */
export function fits(
  measured: Case,
  workloads: readonly Workload[],
  narrowing: Narrowing,
): boolean {
  if (workloads.length > 0 && !workloads.includes(measured.workload)) return false
  const { conns, depth, size, payload } = measured
  const wanted = Object.entries(narrowing).filter(([, value]) => value !== undefined)
  const fields: Readonly<Record<string, unknown>> = { conns, depth, size, payload }
  return wanted.every(([name, value]) => fields[name] === value)
}

/**
 * The cases of these workloads, all of them for none. What is narrowed takes the place of what a case says; with echo,
 * a size, depth or payload makes one case instead of picking some.
 */
export function casesOf(
  workloads: readonly Workload[],
  narrowing: Narrowing,
  all: readonly Case[] = ALL_CASES,
): readonly Case[] {
  const chosen = all.filter(
    ({ workload }) => workloads.length === 0 || workloads.includes(workload),
  )
  const fixed = Object.fromEntries(
    Object.entries(narrowing).filter(([, value]) => value !== undefined),
  )
  const distinct = new Map<string, Case>()
  const narrow = narrowing.size !== undefined || narrowing.depth !== undefined
  for (const each of chosen) {
    const base = each.workload === 'echo' && narrow ? echo(128, 100, 1) : each
    const made: Case = { ...base, ...fixed }
    distinct.set(JSON.stringify(made), made)
  }
  return [...distinct.values()]
}
