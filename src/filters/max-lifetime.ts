import { checkReason } from '../protocol/close/close-code.ts'
import { systemClock } from '../websocket/support/clock.ts'
import { duration } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import { WsStatus } from '../websocket/ws-status.ts'
import { closeInTime } from './close-with.ts'
import { TIME_LIMIT_OPTIONS, type TimeLimitOptions, timeLimit } from './time-limit.ts'

/** Options of `maxLifetime`. */
export interface LifetimeOptions extends TimeLimitOptions {
  /**
   * The most milliseconds by which a lifetime is shortened at random, so that clients that connected together do not
   * all come back together. Default 0.
   */
  readonly jitter?: number | undefined
  /** Numbers from 0 up to, but not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

const LIFETIME_OPTIONS: OptionNames<LifetimeOptions> = {
  ...TIME_LIMIT_OPTIONS,
  jitter: 0,
  random: 0,
}

const OVER = WsStatus.SERVICE_RESTART.description('Lifetime over')

/**
 * Closes each socket `ms` milliseconds after it opened, to spread the load again or to have credentials checked again.
 * With 1012 "Lifetime over" unless another status is given, since 1012 is what tells clients to connect again. Throws a
 * `RangeError` for a time that is not above 0 or too long for a timer, and for a jitter larger than it.
 */
export function maxLifetime(ms: number, options: LifetimeOptions = {}): WsFilter {
  checkNames('maxLifetime()', options, LIFETIME_OPTIONS)
  const { clock = systemClock, random = Math.random, status = OVER } = options
  const limit = timeLimit('maxLifetime', ms)
  const jitter = duration('jitter', options.jitter, 0)
  checkReason(status)
  if (jitter > limit) {
    throw new RangeError(`the option jitter is ${jitter} ms: more than the lifetime, ${limit} ms`)
  }
  return (next) => (socket) => {
    socket.onClose(clock.after(limit - jitter * random(), () => closeInTime(socket, status)))
    return next(socket)
  }
}
