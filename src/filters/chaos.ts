import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { isPromiseLike } from '../websocket/support/maybe-promise.ts'
import { amount, duration, wrongValue } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import { DelayLine } from './delay-line.ts'
import { logFailureOf } from './harmless.ts'
import { NOT_SENT, NOWHERE, passThrough } from './passage.ts'
import { isData } from './passing.ts'

/** Options of `chaos`. */
export interface ChaosOptions {
  /** The delay in milliseconds, each way. Default 0. */
  readonly latency?: number | undefined
  /** The most milliseconds added to it at random. Default 0. */
  readonly jitter?: number | undefined
  /** The probability, 0 to 1, that a message takes the connection down instead of arriving. Default 0. */
  readonly dropRate?: number | undefined
  /** Numbers from 0 up to, but not including, 1: a seeded generator makes a test repeatable. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

const CHAOS_OPTIONS: OptionNames<ChaosOptions> = {
  latency: 0,
  jitter: 0,
  dropRate: 0,
  random: 0,
  clock: 0,
}

/**
 * A bad network, for tests: messages are late both ways, but stay in order, a close behind them; now and then the
 * connection is lost. What is on its way to this side when the connection ends still arrives, at once; what is on its
 * way to the peer is lost. Throws a `RangeError` for invalid options.
 */
export function chaos(options: ChaosOptions): WsFilter {
  checkNames('chaos()', options, CHAOS_OPTIONS)
  const { random = Math.random, clock = systemClock, dropRate = 0 } = options
  const latency = duration('latency', options.latency, 0)
  const jitter = duration('jitter', options.jitter, 0)
  if (amount('dropRate', dropRate) > 1) {
    throw wrongValue('dropRate', dropRate, 'from 0 to 1')
  }
  const delay = (): number => latency + jitter * random()
  const isLost = (): boolean => dropRate > 0 && random() < dropRate

  return (next) => (socket) => {
    const inbound = new DelayLine(clock)
    const outbound = new DelayLine(clock)
    socket.onClose(() => {
      outbound.clear()
      inbound.flush()
    })
    return next(
      passThrough(socket, {
        incoming() {
          if (isLost()) {
            socket.terminate()
            return NOWHERE
          }
          const late = delay()
          return (deliver) => inbound.put(late, deliver)
        },
        outgoing(item) {
          // While it is closing, a socket of frames may still have a Close to send.
          if (socket.state === 'closed' || (socket.state === 'closing' && isData(item)))
            return NOT_SENT
          if (isLost()) {
            socket.terminate()
            return NOT_SENT
          }
          return (send) => {
            const sent = outbound.put(delay(), send)
            if (isPromiseLike(sent)) sent.then(undefined, logFailureOf('sending late'))
            return sent !== false
          }
        },
        close(close) {
          const closed = outbound.put(delay(), close)
          if (isPromiseLike(closed)) closed.then(undefined, logFailureOf('closing late'))
        },
      }),
    )
  }
}
