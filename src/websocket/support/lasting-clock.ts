import { type Clock, LONGEST_WAIT } from './clock.ts'

/** The platform's timers. Unlike those of `systemClock`, they keep a process alive. */
export const lastingClock: Pick<Clock, 'after'> = {
  after(delay, fn) {
    const timer = setTimeout(fn, Math.min(delay, LONGEST_WAIT))
    return () => clearTimeout(timer)
  },
}
