import { openSocket } from '../../node/client/connect.ts'
import { WebSocketConnectException } from '../../websocket/errors.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'
import { type Pace, pace } from './pace.ts'
import type { Load } from './plan.ts'
import { Talker } from './talker.ts'

/**
 * Opens the connections of a load, at the rate of its plan from the second one on: the first is waited for, since it takes the
 * time of a process that does everything for the first time. Resolves when each is open or has failed. An abort gives up
 * those that are on their way, and leaves the others open. Rejects with a `TypeError` for what cannot be sent at all.
 */
export async function openAll(load: Load, signal: AbortSignal): Promise<readonly Talker[]> {
  const { plan, clock } = load
  const talkers: Talker[] = []
  const opening = new Set<AbortController>()
  const open = (due: number): Promise<void> => {
    const abort = new AbortController()
    opening.add(abort)
    const opened = (talker: Talker): unknown => talkers.push(talker)
    return openOne(load, due, abort.signal, opened).finally(() => opening.delete(abort))
  }
  let pacing: Pace | undefined
  const unlink = onAbort(signal, () => {
    pacing?.stop()
    for (const abort of opening) abort.abort()
  })
  await open(clock.now())
  const rest: Promise<void>[] = []
  if (!signal.aborted) {
    const count = plan.connections - 1
    pacing = pace({ count, perSecond: plan.rate, clock }, (_, due) => rest.push(open(due)))
  }
  await pacing?.done
  await Promise.all(rest)
  unlink()
  return talkers
}

async function openOne(
  load: Load,
  due: number,
  signal: AbortSignal,
  opened: (talker: Talker) => unknown,
): Promise<void> {
  const { plan, clock, tally } = load
  try {
    await openSocket(plan.url, { ...plan.connect, signal }, ({ socket }) => {
      tally.openings.add(clock.now() - due)
      tally.opened++
      opened(new Talker(socket, load))
    })
  } catch (error) {
    if (!(error instanceof WebSocketConnectException)) throw error
    // An opening that the person has given up is no failure.
    if (error.stage !== 'aborted') tally.failed(error)
  }
}
