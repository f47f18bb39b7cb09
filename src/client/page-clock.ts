import type { Clock } from '../websocket/support/clock.ts'

/** The longest wait, 24 days in milliseconds: platforms take a longer one for none at all. */
const LONGEST = 2 ** 31 - 1

/**
 * The platform's timers. Unlike those of `systemClock` they need not let a process end: while one runs, there is a
 * connection that keeps it alive, too.
 */
export const pageClock: Pick<Clock, 'after'> = {
  after(delay, fn) {
    const timer = setTimeout(fn, Math.min(delay, LONGEST))
    return () => clearTimeout(timer)
  },
}
