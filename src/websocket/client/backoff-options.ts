import { WebSocketException } from '../errors.ts'
import type { Clock } from '../support/clock.ts'
import { lastingClock } from '../support/lasting-clock.ts'
import type { OptionNames } from '../support/option-names.ts'
import type { WsStatus } from '../ws-status.ts'

/** A connection that ended, or an attempt that failed. */
export interface ConnectionEnd {
  /** `NEVER_CONNECTED` for an attempt that failed. */
  readonly status: WsStatus
  /** What made it fail, where that is known. */
  readonly cause: Error | undefined
  /** How many in a row, this one included. After a connection that stayed open for five seconds, it is 1 again. */
  readonly failures: number
  /**
   * Whether another attempt may help. It may not after the close codes 1000, 1002, 1003, 1007, 1008, 1010, 3000 and 3003;
   * after a refusal by HTTP, except for 408, 425, 429 and from 500 up; and after an abort. Pages do not see refusals.
   */
  readonly retryable: boolean
}

/** When to connect again. An error that `onDown`, `retry` or `delay` throws is the end. */
export interface BackoffOptions {
  /**
   * Called when a connection ended or could not be opened, and the next attempt follows in `wait` milliseconds. Default: a
   * `cause` that is no `WebSocketException`, as of what `connect` or `onOpen` throws, goes to `console.error`.
   */
  readonly onDown?: ((end: ConnectionEnd, wait: number) => unknown) | undefined
  /** Whether to try again. Default: `({ retryable }) => retryable`. */
  readonly retry?: ((end: ConnectionEnd) => boolean) | undefined
  /** Milliseconds until the next attempt. Default: a random part of 500, doubled with each failure up to 30,000. */
  readonly delay?: ((end: ConnectionEnd) => number) | undefined
  /** Aborting it drops the connection, and there is no other. */
  readonly signal?: AbortSignal | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Pick<Clock, 'after'> | undefined
}

export const BACKOFF_OPTIONS: OptionNames<BackoffOptions> = {
  onDown: 0,
  retry: 0,
  delay: 0,
  signal: 0,
  clock: 0,
}

/** The options that have a default. */
type Defaulted = 'onDown' | 'retry' | 'delay' | 'clock'

/** The options with their defaults. */
export interface ResolvedBackoffOptions
  extends Pick<BackoffOptions, 'signal'>,
    Readonly<{ [Name in Defaulted]: NonNullable<BackoffOptions[Name]> }> {}

/** Fills in the defaults. */
export function backoffOptions(options: BackoffOptions): ResolvedBackoffOptions {
  const {
    // Connections fail all the time; what the application throws would go unnoticed.
    onDown = ({ cause }) => {
      if (cause && !(cause instanceof WebSocketException)) console.error(cause)
    },
    retry = ({ retryable }) => retryable,
    delay = ({ failures }) => Math.random() * Math.min(30_000, 500 * 2 ** (failures - 1)),
    clock = lastingClock,
  } = options
  return { ...options, onDown, retry, delay, clock }
}
