import type { Clock } from '../../websocket/support/clock.ts'

/** Calls in one turn of the event loop: who cannot keep pace still hears signals, and its own deadline. */
const AT_ONCE = 1_000

/** How much happens, and when. */
export interface Pacemaker {
  readonly count: number
  readonly perSecond: number
  readonly clock: Clock
  /** In time of the clock: what is due then or later is left out. */
  readonly until?: number | undefined
}

/** What happens at an even pace. */
export interface Pace {
  /** Resolves when all has been done, and when it was stopped. */
  readonly done: Promise<void>
  /** True until then. */
  readonly isOn: boolean
  /** How many were due before now, and are not done yet, since this process is late. */
  readonly overdue: number
  /** Does what is due now, rather than at the next tick of the timers. */
  catchUp(): void
  stop(): void
}

/**
 * Calls `fn` for the numbers from 0 to `count` less one, `perSecond` of them, with the time when each is due. If it is late,
 * it catches up: nothing is left out, and no due time is moved.
 */
export function pace(
  { count, perSecond, clock, until = Infinity }: Pacemaker,
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
  const isDue = (due: number, now: number): boolean => next < count && due <= now && due < until
  const turn = (): void => {
    const now = clock.now()
    const most = next + AT_ONCE
    for (let due = dueOf(next); next < most && isDue(due, now); due = dueOf(next)) fn(next++, due)
    if (next >= count) stop()
    else if (dueOf(next) < until) cancel = clock.after(Math.max(0, dueOf(next) - now), turn)
  }
  turn()
  return {
    done,
    get isOn() {
      return next < count
    },
    get overdue() {
      const due = Math.ceil(((Math.min(clock.now(), until) - start) * perSecond) / 1_000)
      return Math.max(0, Math.min(due, count) - next)
    },
    catchUp() {
      cancel()
      turn()
    },
    stop,
  }
}
