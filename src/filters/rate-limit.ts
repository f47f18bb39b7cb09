import { checkReason } from '../protocol/close/close-code.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import { WsStatus } from '../websocket/ws-status.ts'
import { closeWith } from './close-with.ts'
import { DelayLine } from './delay-line.ts'
import { keyOf } from './key-of.ts'
import { KeyedMeters } from './keyed-meters.ts'
import { type Course, NOWHERE, type Passage, passThrough, STRAIGHT } from './passage.ts'
import { isData, isFinal, type Passing } from './passing.ts'
import type { Rate } from './token-bucket.ts'
import { type Cost, TrafficMeter, type TrafficRates } from './traffic-meter.ts'

/** What happens to a message that comes too early: see `rateLimit`. */
export type OnLimit = 'close' | 'drop' | 'delay'

/** Options of `rateLimit`. */
export interface RateLimitOptions extends TrafficRates {
  /** Which messages count together, such as those of a user or an address. Default: those of a connection. */
  readonly key?: ((request: UpgradeRequest) => string) | undefined
  /** Default `'close'`. */
  readonly onLimit?: OnLimit | undefined
  /** What the socket is closed with: for `onLimit: 'close'` only. Default 1008 "Rate limit exceeded". */
  readonly status?: WsStatus | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

const RATE: OptionNames<Rate> = { perSecond: 0, burst: 0 }

const RATE_LIMIT_OPTIONS: OptionNames<RateLimitOptions> = {
  messages: RATE,
  bytes: RATE,
  key: 0,
  onLimit: 0,
  status: 0,
  clock: 0,
}

const EXCEEDED = WsStatus.POLICY_VALIDATION.description('Rate limit exceeded')

/**
 * Limits what peers send, by token buckets of messages and of bytes. Past a limit the socket is closed, with 1008 unless
 * another status is given; or the message is dropped; or it is delayed until it is paid for, while those that wait count
 * as unhandled, so that reading pauses past the inbound mark. What is still delayed when the connection ends is delivered
 * before `onClose`.
 *
 * A message of more bytes than the burst needs a full bucket, and leaves it in debt for the rest. On a socket of frames,
 * the fragments of a message count together; control frames are free. What nobody listens to is not counted.
 *
 * Throws a `RangeError` for a rate that is not above 0 and a status that cannot be sent, and a `TypeError` when there is no
 * rate at all, `onLimit` is none of the three, or a status is given where nothing is closed.
 */
export function rateLimit(options: RateLimitOptions): WsFilter {
  checkNames('rateLimit()', options, RATE_LIMIT_OPTIONS)
  const { clock = systemClock, key, onLimit = 'close', status = EXCEEDED } = options
  const makeMeter = (): TrafficMeter => new TrafficMeter(options, clock)
  if (!Object.hasOwn(limiters, onLimit)) {
    throw new TypeError(`onLimit is ${String(onLimit)}: it must be 'close', 'drop' or 'delay'`)
  }
  const limiter = limiters[onLimit]
  if (options.messages === undefined && options.bytes === undefined) {
    throw new TypeError('rateLimit limits nothing: give it messages, bytes, or both')
  }
  if (options.status !== undefined && onLimit !== 'close') {
    throw new TypeError(`a status goes with onLimit 'close', not '${onLimit}'`)
  }
  checkReason(status)
  if (key !== undefined) checkFunction(key, 'the option key of rateLimit has to be a function')
  makeMeter() // Reports invalid rates now, not when the first socket opens.
  const keyed = new KeyedMeters(makeMeter)
  return (next) => (socket) => {
    if (key === undefined) {
      return next(passThrough(socket, limiter(socket, makeMeter(), { clock, status })))
    }
    const name = keyOf(key, socket.upgradeRequest)
    const meter = keyed.take(name)
    socket.onClose(() => keyed.release(name))
    return next(passThrough(socket, limiter(socket, meter, { clock, status })))
  }
}

interface LimiterOptions {
  readonly clock: Clock
  readonly status: WsStatus
}

type Limiter = (socket: Websocket, meter: TrafficMeter, options: LimiterOptions) => Passage

const limiters: Readonly<Record<OnLimit, Limiter>> = {
  close(socket, meter, { status }) {
    const costs = new Costs()
    let exceeded = false
    return {
      incoming(item) {
        if (!isData(item)) return STRAIGHT
        exceeded ||= !meter.tryTake(costs.of(item))
        if (!exceeded) return STRAIGHT
        closeWith(socket, status)
        return NOWHERE
      },
    }
  },

  drop(_socket, meter) {
    const costs = new Costs()
    let dropping = false
    return {
      incoming(item) {
        if (!isData(item)) return STRAIGHT
        const cost = costs.of(item)
        // If the first fragment of a message is dropped, so are the others.
        if (cost.messages > 0) dropping = !meter.tryTake(cost)
        else if (!dropping) meter.take(cost)
        return dropping ? NOWHERE : STRAIGHT
      },
    }
  },

  delay(socket, meter, { clock }) {
    const costs = new Costs()
    const line = new DelayLine(clock)
    socket.onClose(() => line.flush())
    return {
      incoming(item): Course {
        meter.take(costs.of(item))
        const debt = meter.debt()
        return (deliver) => line.put(debt, deliver)
      },
    }
  },
}

/** What each thing that comes in counts for. */
class Costs {
  #fragments = false

  of(item: Passing): Cost {
    if (!isData(item)) return FREE
    const messages = this.#fragments ? 0 : 1
    this.#fragments = !isFinal(item)
    return { messages, bytes: item.byteLength }
  }
}

const FREE: Cost = { messages: 0, bytes: 0 }
