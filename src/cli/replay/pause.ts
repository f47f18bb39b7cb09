import type { Clock } from '../../websocket/support/clock.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'

/** Resolves after so many milliseconds, and when the signal aborts. */
export function pause(wait: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (wait <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = (): void => {
      cancel()
      unlink()
      resolve()
    }
    const cancel = clock.after(wait, end)
    const unlink = onAbort(signal, end)
  })
}
