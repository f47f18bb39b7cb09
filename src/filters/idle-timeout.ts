import { checkReason } from '../protocol/close/close-code.ts'
import { GOING_AWAY } from '../protocol/close/reason.ts'
import { unheard } from '../websocket/own-link.ts'
import { systemClock } from '../websocket/support/clock.ts'
import { checkNames } from '../websocket/support/option-names.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import { closeInTime } from './close-with.ts'
import { observing } from './observe.ts'
import { TIME_LIMIT_OPTIONS, type TimeLimitOptions, timeLimit } from './time-limit.ts'
import { turnTime } from './turn-time.ts'

const IDLE = GOING_AWAY.description('Idle')

/**
 * Closes a socket over which nothing was sent or received for `ms` milliseconds, with 1001 "Idle" unless another status
 * is given. Messages and fragments count; Pings and Pongs do not: a peer that is there, but has nothing to say, is idle.
 * A message counts when it is whole: `ms` has to be longer than the largest one may take to arrive.
 * While nobody listens, messages count as received when the time is up.
 * Throws a `RangeError` for a time that is not above 0 or too long for a timer, and a `TypeError` for an unknown option.
 */
export function idleTimeout(ms: number, options: TimeLimitOptions = {}): WsFilter {
  checkNames('idleTimeout()', options, TIME_LIMIT_OPTIONS)
  const { clock = systemClock, status = IDLE } = options
  const limit = timeLimit('idleTimeout', ms)
  checkReason(status)
  const now = turnTime(clock)
  return observing((socket) => {
    let last = now()
    let waited = 0
    // One timer that looks back when it fires, instead of a new one for each message.
    function check(): void {
      const waiting = unheard(socket.link)
      if (waiting !== waited) last = clock.now()
      waited = waiting
      const left = last + limit - clock.now()
      if (left > 0) cancel = clock.after(left, check)
      else closeInTime(socket, status)
    }
    function active(): void {
      const at = now()
      // Writing a number costs more than comparing it, and most messages of a turn have the same time.
      if (at !== last) last = at
    }
    let cancel = clock.after(limit, check)
    return { sent: active, received: active, closed: () => cancel() }
  })
}
