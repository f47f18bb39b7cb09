import { duration } from '../support/option-checks.ts'
import type { WsStatus } from '../ws-status.ts'
import type { ConnectionEnd, ResolvedBackoffOptions } from './backoff-options.ts'
import { isRetryable } from './is-retryable.ts'

/** Milliseconds after which a connection is no failure: a server that accepts and drops at once must not be flooded. */
const STABLE = 5_000

/** An end that is followed by another attempt, and the milliseconds until then. */
export interface Pause {
  readonly end: ConnectionEnd
  readonly wait: number
}

/** Counts failures, and says what follows after each. */
export interface Backoff {
  /** A connection has opened. Call the function returned when it has ended. */
  opened(): () => void
  /**
   * A connection has ended, or an attempt failed; `undefined` if it was the last. Without `retryable`, the status and the
   * cause decide on that. Throws what `retry` and `delay` throw.
   */
  failed(status: WsStatus, cause: Error | undefined, retryable?: boolean): Pause | undefined
  /** Calls `next` after `wait`, unless the function returned is called before. */
  wait(wait: number, next: () => void): () => void
}

export function backoffOf({ retry, delay, clock }: ResolvedBackoffOptions): Backoff {
  let failures = 0
  return {
    opened: () =>
      clock.after(STABLE, () => {
        failures = 0
      }),
    failed(status, cause, retryable = isRetryable(status, cause)) {
      failures++
      const end = { status, cause, failures, retryable }
      return retry(end) ? { end, wait: duration('delay', delay(end)) } : undefined
    },
    wait(wait, next) {
      const go = (): void => {
        stop()
        next()
      }
      const cancel = clock.after(wait, go)
      // Only pages hear of a network that is back.
      globalThis.addEventListener?.('online', go)
      const stop = (): void => {
        cancel()
        globalThis.removeEventListener?.('online', go)
      }
      return stop
    },
  }
}
