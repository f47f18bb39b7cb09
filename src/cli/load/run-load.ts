import type { Clock } from '../../websocket/support/clock.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'
import { openAll } from './opening.ts'
import type { Load, LoadPlan } from './plan.ts'
import { awaitAnswers, type Span, sendAll } from './sending.ts'
import { Tally } from './tally.ts'

/** What is going on. */
export type Phase = 'opening' | 'sending' | 'waiting for answers' | 'closing'

/** How a load is led. */
export interface LoadControls {
  readonly clock: Clock
  /** Ends what goes on: opening, sending, waiting for answers, or closing. What comes after it goes on as always. */
  readonly leave: AbortSignal
  /** Drops every connection. */
  readonly cut: AbortSignal
  onPhase(phase: Phase, load: Load): void
}

/** What came of a load. */
export interface LoadResult {
  readonly plan: LoadPlan
  readonly tally: Tally
  /** Milliseconds until each connection was open or had failed. */
  readonly openingTime: number
  /** `undefined` if nothing was open. */
  readonly span: Span | undefined
  readonly interrupted: boolean
}

/** What ends a phase: a person who has left one before has only the cut. */
function hurry({ leave, cut }: LoadControls): AbortSignal {
  return leave.aborted ? cut : leave
}

/**
 * Opens all connections, then sends over them, waits for answers, and closes. Rejects with a `TypeError` for what cannot be
 * sent at all.
 */
export async function runLoad(plan: LoadPlan, controls: LoadControls): Promise<LoadResult> {
  const { clock, leave, onPhase } = controls
  const tally = new Tally()
  const load = { plan, clock, tally }
  const begun = clock.now()
  onPhase('opening', load)
  const talkers = await openAll(load, leave)
  const openingTime = clock.now() - begun
  let span: Span | undefined
  if (tally.open > 0 && !leave.aborted) {
    onPhase('sending', load)
    span = await sendAll(load, talkers, leave)
    onPhase('waiting for answers', load)
    await awaitAnswers(load, hurry(controls))
  }
  onPhase('closing', load)
  const hurried = hurry(controls)
  const unlink = onAbort(hurried, () => {
    for (const talker of talkers) talker.terminate()
  })
  for (const talker of talkers) {
    if (hurried.aborted) talker.terminate()
    else talker.close()
  }
  await Promise.all(talkers.map(({ closed }) => closed))
  unlink()
  return { plan, tally, openingTime, span, interrupted: leave.aborted }
}
