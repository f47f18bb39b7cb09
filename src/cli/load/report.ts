import { withoutPassword } from '../shared/client-options.ts'
import type { Distribution } from './histogram.ts'
import type { LoadResult } from './run-load.ts'
import type { Span } from './sending.ts'
import type { Alike, Tally } from './tally.ts'

/** What a load has shown; `--json` prints it as it is. Times in milliseconds, rates in a second. */
export interface LoadReport {
  readonly url: string
  /** Of one message. */
  readonly bytes: number
  readonly interrupted: boolean
  readonly connections: {
    readonly asked: number
    readonly opened: number
    readonly time: number
    readonly rate: number
    /** From when each was due until it was open. */
    readonly latency: Distribution | null
    /** By the status of the answer. */
    readonly refused: readonly Alike[]
    /** By where opening failed, and how. */
    readonly failed: readonly Alike[]
    /** Ended by itself, by the close code or `'lost'`. */
    readonly ended: readonly Alike[]
    /** Closed when all was done, by the close code, or `'no answer'` if the server sent no Close. */
    readonly closed: readonly Alike[]
  }
  readonly messages: {
    /** Of sending. */
    readonly time: number
    readonly sent: number
    readonly received: number
    readonly bytesSent: number
    readonly bytesReceived: number
    readonly sentRate: number
    readonly receivedRate: number
    readonly unanswered: number
    /** Due, but never sent. */
    readonly unsent: number
    /** Received when nothing waited for an answer. */
    readonly unasked: number
    /** From when each message was due until its answer; `null` unless answers came one for one. */
    readonly latency: Distribution | null
    /** Of sending, behind when a message was due; `null` where answers set the pace. */
    readonly lateness: Distribution | null
  }
  /** How much of one core the load itself took while it was sending. */
  readonly cpu: number
  /** What makes the numbers mean less, or may help. */
  readonly notes: readonly string[]
}

/** Above it, the load itself is what limits it. */
const BUSY = 0.9

/** The numbers of a load, and what is to be known about them. */
export function reportOf({ plan, tally, openingTime, span, interrupted }: LoadResult): LoadReport {
  const time = span?.time ?? 0
  const { answered, sent, untracked } = tally
  // What came without being asked for may have been the answer to one that was not remembered.
  const unasked = Math.max(0, tally.unasked - untracked)
  const inTurn = unasked === 0 && untracked === 0
  return {
    url: withoutPassword(plan.url),
    bytes: plan.message.byteLength,
    interrupted,
    connections: {
      asked: plan.connections,
      opened: tally.opened,
      time: openingTime,
      rate: rate(tally.opened, openingTime),
      latency: tally.openings.distribution ?? null,
      refused: tally.refusals,
      failed: tally.failures,
      ended: tally.lost,
      closed: tally.ends,
    },
    messages: {
      time,
      sent,
      received: tally.received,
      bytesSent: tally.bytesSent,
      bytesReceived: tally.bytesReceived,
      sentRate: rate(span?.sent ?? 0, time),
      receivedRate: rate(span?.received ?? 0, time),
      unanswered: sent - answered - (tally.unasked - unasked),
      unsent: tally.unsent,
      unasked,
      latency: (inTurn && tally.answers.distribution) || null,
      lateness: (plan.pacing.loop === 'open' && tally.lateness.distribution) || null,
    },
    cpu: span?.cpu ?? 0,
    notes: notesOn(tally, unasked, span),
  }
}

/** True if every connection was opened and stayed open, until this side closed it. */
export function isClean({ connections }: LoadReport): boolean {
  return connections.opened === connections.asked && connections.ended.length === 0
}

function notesOn(
  { untracked, answers, failures }: Tally,
  unasked: number,
  span: Span | undefined,
): string[] {
  const failed = (code: string): boolean => failures.some(({ kind }) => kind.endsWith(` ${code}`))
  const notes: string[] = []
  if (answers.count > 0 && unasked > 0)
    notes.push(
      `no times of answers: more came than was sent (${unasked}), so which answers which is not known`,
    )
  if (answers.count > 0 && untracked > 0)
    notes.push('no times of answers: too many messages waited for one at once')
  if ((span?.cpu ?? 0) > BUSY)
    notes.push(
      `the load took ${Math.round((span?.cpu ?? 0) * 100)} % of a core itself: more needs several of it, and its times are too long`,
    )
  if (failed('EMFILE') || failed('ENFILE'))
    notes.push(
      'each connection is an open file, and this process may have no more: raise the limit with `ulimit -n`',
    )
  if (failed('EADDRNOTAVAIL'))
    notes.push(
      'this machine has no port left for this address: widen net.ipv4.ip_local_port_range, or take several addresses of the server',
    )
  return notes
}

function rate(count: number, time: number): number {
  return time > 0 ? (count * 1_000) / time : 0
}
