import type { Clock } from '../websocket/support/clock.ts'
import { duration } from '../websocket/support/option-checks.ts'
import type { OptionNames } from '../websocket/support/option-names.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** Options of `idleTimeout`; `maxLifetime` has them, too. */
export interface TimeLimitOptions {
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /** What the socket is closed with. */
  readonly status?: WsStatus | undefined
}

/** The names of these options. */
export const TIME_LIMIT_OPTIONS: OptionNames<TimeLimitOptions> = { clock: 0, status: 0 }

/** A time to wait, in milliseconds. Throws a `RangeError` unless it is above 0 and a timer can wait for it. */
export function timeLimit(name: string, ms: number): number {
  if (duration(name, ms) > 0) return ms
  throw new RangeError(`${name} is 0 ms: leave the filter out for no limit`)
}
