import type { Clock } from '../../websocket/support/clock.ts'

/** What happens at an even pace. */
export interface Pace {
  /** Resolves when all has been done, and when it was stopped. */
  readonly done: Promise<void>
  /** True until then. */
  readonly isOn: boolean
  /** How many are due, and not done yet, since this process is late. */
  readonly overdue: number
  stop(): void
}

/**
 * Calls `fn` for the numbers from 0 to `count` less one, `perSecond` of them, with the time when each is due. If it is late,
 * it catches up: nothing is left out, and no due time is moved.
 */
export function pace(
  { count, perSecond, clock }: { count: number; perSecond: number; clock: Clock },
  fn: (index: number, due: number) => void,
): Pace {
  const start = clock.now()
  let next = 0
  let cancel = (): void => {}
  let stop = (): void => {}
  const done = new Promise<void>((resolve) => {
    stop = () => {
      cancel()
      next = count // Nothing more.
      resolve()
    }
  })
  const dueOf = (index: number): number => start + (index * 1_000) / perSecond
  const turn = (): void => {
    const now = clock.now()
    while (next < count && dueOf(next) <= now) {
      const index = next++
      fn(index, dueOf(index))
    }
    if (next >= count) stop()
    else cancel = clock.after(dueOf(next) - now, turn)
  }
  turn()
  return {
    done,
    get isOn() {
      return next < count
    },
    get overdue() {
      const due = Math.floor(((clock.now() - start) * perSecond) / 1_000) + 1
      return Math.max(0, Math.min(due, count) - next)
    },
    stop,
  }
}
