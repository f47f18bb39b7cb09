import type { Clock } from './clock.ts'

/** The longest wait, 24 days in milliseconds: platforms take a longer one for none at all. */
const LONGEST = 2 ** 31 - 1

/** The platform's timers. Unlike those of `systemClock`, they keep a process alive. */
export const lastingClock: Pick<Clock, 'after'> = {
  after(delay, fn) {
    const timer = setTimeout(fn, Math.min(delay, LONGEST))
    return () => clearTimeout(timer)
  },
}
