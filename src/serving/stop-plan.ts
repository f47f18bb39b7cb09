import { checkReason } from '../protocol/close/close-code.ts'
import { GOING_AWAY } from '../protocol/close/reason.ts'
import type { StopOptions } from '../websocket/server.ts'
import { duration } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** How long a stop waits for the peers by default, in milliseconds. */
const PATIENCE = 10_000

/** The options of a stop, with every default filled in. */
export interface StopPlan {
  readonly drain: number
  readonly over: number
  readonly status: WsStatus
}

const STOP_OPTIONS: OptionNames<StopOptions> = { drain: 0, over: 0, status: 0 }

/** Fills in the defaults. Throws a `RangeError` for a time that no timer can wait for or a status that cannot be sent. */
export function stopPlan(options: StopOptions): StopPlan {
  checkNames('stop()', options, STOP_OPTIONS)
  const over = duration('over', options.over, 0)
  const drain = duration('drain', options.drain, over + PATIENCE)
  const { status = GOING_AWAY } = options
  checkReason(status)
  return { drain, over: Math.min(over, drain), status }
}

/** The `stop` of a server: calls `stop` at most once, and returns its promise each time. Throws as `stopPlan`. */
export function stopOnce(
  stop: (plan: StopPlan) => Promise<void>,
): (options?: StopOptions) => Promise<void> {
  let stopped: Promise<void> | undefined
  return (options = {}) => {
    // As a listener for a signal, it is called with the signal's name.
    stopped ??= stop(stopPlan(typeof options === 'string' ? {} : options))
    return stopped
  }
}
