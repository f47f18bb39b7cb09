import type { Clock } from '../../websocket/support/clock.ts'
import { began } from './leaks.ts'
import { VirtualClock } from './virtual-clock.ts'

/** The clock, with its timers reported to checks for leaks. A virtual clock reports them by itself. */
export function watchedClock(clock: Clock): Clock {
  if (clock instanceof VirtualClock) return clock
  return {
    now: () => clock.now(),
    after(delay, fn) {
      const ended = began(() => `a timer of ${delay} ms`)
      const cancel = clock.after(delay, () => {
        ended()
        fn()
      })
      return () => {
        ended()
        cancel()
      }
    },
  }
}
