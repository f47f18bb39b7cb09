import { Frame, type PongFrame } from '../../protocol/frame/frame.ts'
import { Pings } from '../../websocket/socket/pings.ts'
import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { duration } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { SendChannel } from '../channel/channel.ts'
import { refused } from '../channel/refused.ts'
import type { WebSocketSession } from '../session.ts'
import { endError } from '../session-end.ts'

/** Options of `pinger`. */
export interface PingerOptions {
  /** Milliseconds between a Pong and the next Ping; 0 for none. */
  readonly period: number
  /** Milliseconds a Pong may take. */
  readonly timeout: number
  /** Where the Close frame goes when no Pong came in time. Default the session's `outgoing`. */
  readonly out?: SendChannel<Frame> | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

const PINGER_OPTIONS: OptionNames<PingerOptions> = { period: 0, timeout: 0, out: 0, clock: 0 }

/**
 * Sends a Ping each period until the session ends, and Close 1011 when the Pong with its payload does not come in time.
 * Give the channel the Pongs that come in. For raw sessions: others have a ping timer. Throws a `RangeError` for an
 * invalid time, and a `TypeError` for an unknown option.
 */
export function pinger(session: WebSocketSession, options: PingerOptions): SendChannel<PongFrame> {
  checkNames('pinger()', options, PINGER_OPTIONS)
  const { out = session.outgoing, clock = systemClock } = options
  const pings = new Pings(
    {
      state: 'open',
      paused: false,
      ping: (data) => void session.send(new Frame.Ping(data)),
      fail: (reason) => void out.send(new Frame.Close(reason)),
    },
    clock,
    {
      pingInterval: duration('period', options.period),
      pongTimeout: duration('timeout', options.timeout),
    },
  )
  void session.closed.then(() => pings.stop())
  const trySend = (pong: PongFrame): boolean => {
    if (session.closeRecord !== undefined) return false
    pings.pong(pong.data)
    return true
  }
  return {
    trySend,
    send: (pong) => (trySend(pong) ? TAKEN : refused(endError(session.closeRecord!))),
    get isClosedForSend() {
      return session.closeRecord !== undefined
    },
  }
}

const TAKEN: Promise<void> = Promise.resolve()
