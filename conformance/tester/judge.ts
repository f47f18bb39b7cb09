import type { Expectation } from '../suite/case.ts'
import type { Ear } from './ear.ts'

/**
 * `NON-STRICT`: tolerable, but later or with less of an answer than it should be. `INFORMATIONAL`: whatever was done is
 * right.
 */
export type Outcome = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'FAILED'

export interface Verdict {
  readonly outcome: Outcome
  /** What was not as expected; empty when all was. */
  readonly why: string
}

/** What the tester noticed while the case ran. */
export interface Notes {
  /** It gave up before it should have. */
  readonly early: boolean
  /** It did not give up, or answer, as soon as it should have. */
  readonly late: boolean
}

const RANK: readonly Outcome[] = ['INFORMATIONAL', 'OK', 'NON-STRICT', 'FAILED']

/** The worst of several verdicts. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => (RANK.indexOf(b.outcome) > RANK.indexOf(a.outcome) ? b : a))
}

const OK: Verdict = { outcome: 'OK', why: '' }
const failed = (why: string): Verdict => ({ outcome: 'FAILED', why })
const lenient = (why: string): Verdict => ({ outcome: 'NON-STRICT', why })

/** Holds what was heard against what had to come. */
export function judge(expected: Expectation, ear: Ear, notes: Notes): Verdict {
  if (ear.faults.length > 0) return failed(`it sent ${ear.faults[0]}`)
  if (expected.end.kind === 'any') {
    return ear.ended === undefined
      ? failed('it left the connection open')
      : { outcome: 'INFORMATIONAL', why: `${ear.events.length} events, ${ending(ear)}` }
  }
  return worst([judgeEvents(expected, ear), judgeNotes(notes), judgeEnd(expected, ear)])
}

function judgeEvents(expected: Expectation, ear: Ear): Verdict {
  const wanted = [...expected.events]
  if (same(wanted, ear.events)) return OK
  if (expected.lenient?.some((other) => same(other, ear.events)) === true) {
    return lenient('it failed without the echo before')
  }
  const at = wanted.findIndex((event, i) => event !== ear.events[i])
  const i = at < 0 ? wanted.length : at
  return failed(
    `event ${i + 1} of ${wanted.length} was ${ear.events[i] ?? 'nothing'}, not ${wanted[i] ?? 'nothing'}; then ${ending(ear)}`,
  )
}

function judgeNotes({ early, late }: Notes): Verdict {
  if (early) return failed('it gave up before anything was wrong')
  return late ? lenient('it noticed late') : OK
}

function judgeEnd({ end }: Expectation, ear: Ear): Verdict {
  if (ear.closeCode === undefined) {
    if (ear.ended === undefined) return failed('it neither failed nor closed the connection')
    return end.kind === 'failed'
      ? lenient('it dropped the connection without a Close frame')
      : failed('it dropped the connection')
  }
  if (!end.codes.includes(ear.closeCode)) {
    return failed(`it closed with ${ear.closeCode}, not ${end.codes.join(' or ')}`)
  }
  return ear.ended === undefined ? failed('it closed, but not the transport') : OK
}

function ending(ear: Ear): string {
  if (ear.closeCode !== undefined) return `a Close with ${ear.closeCode}`
  return ear.ended === undefined ? 'no end' : 'no Close'
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i])
}
