import type { SocketSettings } from '../../websocket/socket/socket-settings.ts'
import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { soon } from './in-time.ts'

/**
 * The settings of a socket with the time of `clock`: by the platform's clock, a close handshake that both ends finish at
 * once sets no timer, and so a test that waits for nothing has none.
 */
export function sparingTimers<Settings extends SocketSettings>(
  settings: Settings,
  clock: Clock,
): Settings {
  if (clock !== systemClock) return settings
  const { clock: watched, closeTimeout } = settings
  const sparing: Clock = {
    now: () => watched.now(),
    after: (delay, fn) =>
      delay === closeTimeout ? afterSoon(watched, delay, fn) : watched.after(delay, fn),
  }
  return { ...settings, clock: sparing }
}

/** Sets the timer only if it has not been cancelled soon. */
function afterSoon(clock: Clock, delay: number, fn: () => void): () => void {
  let cancelled = false
  let cancel: (() => void) | undefined
  void soon(() => cancelled).then(() => {
    if (!cancelled) cancel = clock.after(delay, fn)
  })
  return () => {
    cancelled = true
    cancel?.()
  }
}
