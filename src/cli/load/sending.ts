import { onAbort } from '../../websocket/support/on-abort.ts'
import { type Pace, pace } from './pace.ts'
import type { Load } from './plan.ts'
import type { Talker } from './talker.ts'

/** What went on while messages were sent. */
export interface Span {
  /** In milliseconds. */
  readonly time: number
  readonly sent: number
  readonly received: number
  /** How much of one core this process was busy: near 1, it measures itself. */
  readonly cpu: number
}

/** Sends what the plan of a load says, until all of it is done, or time is up, or an abort. */
export async function sendAll(
  load: Load,
  talkers: readonly Talker[],
  signal: AbortSignal,
): Promise<Span> {
  const { plan, clock, tally } = load
  const { messages, duration, wait } = plan
  const { sent, received } = tally
  const start = clock.now()
  const before = process.cpuUsage()
  tally.lastActivity = start
  const pacing = began(load, talkers, start + duration)
  const isDone = (): boolean => messages > 0 && !pacing.isOn && tally.pending === 0
  // Without a limit of time, it also ends when no answers come any more.
  const deadline = (): number =>
    duration < Infinity ? start + duration : wait + (pacing.isOn ? clock.now() : tally.lastActivity)
  const isOver = await idleOr(load, isDone, deadline, signal)
  pacing.catchUp()
  tally.unsent += pacing.overdue
  pacing.stop()
  for (const talker of talkers) talker.stop()
  const timed = signal.aborted || (!isOver && duration < Infinity)
  const took = clock.now() - start
  const time = timed ? took : tally.lastActivity - start
  const { user, system } = process.cpuUsage(before)
  return {
    time,
    sent: tally.sent - sent,
    received: tally.received - received,
    cpu: took === 0 ? 0 : (user + system) / 1_000 / took,
  }
}

/** Waits for the answers that are on their way, while they come. */
export async function awaitAnswers(load: Load, signal: AbortSignal): Promise<void> {
  const { plan, tally } = load
  await idleOr(
    load,
    () => tally.pending === 0,
    () => tally.lastActivity + plan.wait,
    signal,
  )
}

const OFF: Pace = { isOn: false, overdue: 0, done: Promise.resolve(), catchUp() {}, stop() {} }

function began({ plan, clock }: Load, talkers: readonly Talker[], until: number): Pace {
  const { pacing, messages } = plan
  if (messages === 0) return OFF
  if (pacing.loop === 'closed') {
    for (const talker of talkers) talker.answering(messages, pacing.depth)
    return OFF
  }
  // In turns, so that not all of them send at once.
  const each = talkers.length
  const perSecond = pacing.perSecond * each
  return pace({ count: messages * each, perSecond, clock, until }, (index, due) =>
    talkers[index % each]!.due(due),
  )
}

/**
 * Resolves with true as soon as nothing waits for an answer and it `isDone`, or all connections have ended, with false at
 * the deadline, which may move on, and when the signal is aborted.
 */
function idleOr(
  { tally, clock }: Load,
  isDone: () => boolean,
  deadline: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    let cancel = (): void => {}
    const end = (done: boolean): void => {
      cancel()
      unlink()
      tally.onIdle = () => {}
      resolve(done)
    }
    const unlink = onAbort(signal, () => end(false))
    const look = (): void => {
      const left = deadline() - clock.now()
      if (left <= 0) end(false)
      else cancel = clock.after(left, look)
    }
    tally.onIdle = () => {
      if (tally.open === 0 || isDone()) end(true)
    }
    look()
    tally.onIdle()
    if (signal.aborted) end(false)
  })
}
