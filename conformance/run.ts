import type { RunningSubject, Subject } from './subjects/subject.ts'
import { type Case, compareIds } from './suite/case.ts'
import type { HandshakeCase } from './suite/handshake.ts'
import type { Cut } from './tester/cut.ts'
import { type Verdict, worst } from './tester/judge.ts'
import { runCase } from './tester/run-case.ts'
import { judgeShake } from './tester/shake.ts'

/** What one implementation did with one case, however it was cut. */
export interface Result extends Verdict {
  /** Of each cut. */
  readonly cuts: Readonly<Partial<Record<Cut, Verdict>>>
}

/** One line of the table. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly rfc: string
  /** Where the original suite has no such case. */
  readonly own: boolean
  /** By the implementation's name; absent where the case is not of its role. */
  readonly results: Readonly<Record<string, Result>>
}

/** Tries every case on every implementation; tells of each row as it is done. */
export async function tryAll(
  cases: readonly Case[],
  handshakes: readonly HandshakeCase[],
  subjects: readonly Subject[],
  onRow: (row: Row) => void,
): Promise<readonly Row[]> {
  const all = [...cases, ...handshakes].sort((a, b) => compareIds(a.id, b.id))
  const running = await Promise.all(
    subjects.map(async (subject) => ({ subject, peer: await subject.start() })),
  )
  const rows: Row[] = []
  for (const test of all) {
    const results: Record<string, Result> = {}
    for (const { subject, peer } of running) {
      if (test.only !== undefined && test.only !== subject.role) continue
      results[subject.name] = await tryCuts(test, peer)
    }
    const { id, title, rfc } = test
    const row = { id, title, rfc, own: 'message' in test || test.own === true, results }
    rows.push(row)
    onRow(row)
  }
  await Promise.all(running.map(({ peer }) => peer.stop()))
  return rows
}

async function tryCuts(test: Case | HandshakeCase, peer: RunningSubject): Promise<Result> {
  const cuts: Partial<Record<Cut, Verdict>> = {}
  for (const cut of cutsOf(test)) {
    const verdict = await tryOnce(test, peer, cut)
    cuts[cut] = verdict
    if (verdict.outcome === 'FAILED') break // it cannot become worse, only slower
  }
  return { ...worst(Object.values(cuts)), cuts }
}

async function tryOnce(
  test: Case | HandshakeCase,
  peer: RunningSubject,
  cut: Cut,
): Promise<Verdict> {
  try {
    if ('message' in test) return judgeShake(test, await peer.shake(test, cut))
    return await runCase(test, await peer.open(test), cut)
  } catch (error) {
    return { outcome: 'FAILED', why: error instanceof Error ? error.message : String(error) }
  }
}

/** What sends many messages, or very long ones, is not sent octet by octet too. */
function cutsOf({ id }: { readonly id: string }): readonly Cut[] {
  return /^(?:9|12|13\.[1-7])\./.test(id) ? ['as is', 'random'] : ['as is', 'octets', 'random']
}
