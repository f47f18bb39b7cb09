import { WebSocketException } from '../errors.ts'
import type { SenderOptions } from '../socket/sender.ts'
import { HIGH_WATER_MARK, MAX_BUFFERED_AMOUNT } from '../socket/socket-settings.ts'
import type { Clock } from '../support/clock.ts'
import { lastingClock } from '../support/lasting-clock.ts'
import { amount } from '../support/option-checks.ts'
import { checkNames, type OptionNames } from '../support/option-names.ts'
import type { WsConsumer } from '../ws-handler.ts'
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

/** How to go on when a connection ends. An error that `onDown`, `retry` or `delay` throws ends the client. */
export interface ReconnectOptions {
  /**
   * Called with each connection once it is open. What was held is sent afterwards; if this returns a promise, once that
   * has resolved. If it throws or rejects, the connection is dropped, with the error as the `cause` of its end. What
   * listeners hear comes to `received()` as well, which has to be read all the same.
   */
  readonly onOpen?: WsConsumer | undefined
  /**
   * Called when a connection ended or could not be opened, and the next attempt follows in `wait` milliseconds. Default: a
   * `cause` that is no `WebSocketException`, as of what `connect` or `onOpen` throws, goes to `console.error`.
   */
  readonly onDown?: ((end: ConnectionEnd, wait: number) => unknown) | undefined
  /** Whether to try again. Default: `({ retryable }) => retryable`. */
  readonly retry?: ((end: ConnectionEnd) => boolean) | undefined
  /** Milliseconds until the next attempt. Default: a random part of 500, doubled with each failure up to 30,000. */
  readonly delay?: ((end: ConnectionEnd) => number) | undefined
  /** In bytes: what `send` holds while there is no connection. Default 16 MiB. */
  readonly maxBufferedAmount?: number | undefined
  /** Aborting it drops the connection, and ends the client. */
  readonly signal?: AbortSignal | undefined
  readonly clock?: Pick<Clock, 'after'> | undefined
}

const RECONNECT_OPTIONS: OptionNames<ReconnectOptions> = {
  onOpen: 0,
  onDown: 0,
  retry: 0,
  delay: 0,
  maxBufferedAmount: 0,
  signal: 0,
  clock: 0,
}

/** The options that have a default. */
type Defaulted = 'onDown' | 'retry' | 'delay' | 'clock'

/** The options, checked, with their defaults, and what bounds what is held. */
export interface ResolvedReconnectOptions
  extends Pick<ReconnectOptions, 'onOpen' | 'signal'>,
    Readonly<{ [Name in Defaulted]: NonNullable<ReconnectOptions[Name]> }>,
    SenderOptions {}

/** Fills in the defaults. Throws a `TypeError` for an unknown option, and a `RangeError` for a wrong number. */
export function reconnectOptions(options: ReconnectOptions): ResolvedReconnectOptions {
  checkNames('reconnecting()', options, RECONNECT_OPTIONS)
  const {
    // Connections fail all the time; what the application throws would go unnoticed.
    onDown = ({ cause }) => {
      if (cause && !(cause instanceof WebSocketException)) console.error(cause)
    },
    retry = ({ retryable }) => retryable,
    delay = ({ failures }) => Math.random() * Math.min(30_000, 500 * 2 ** (failures - 1)),
    maxBufferedAmount,
    clock = lastingClock,
  } = options
  return {
    ...options,
    onDown,
    retry,
    delay,
    clock,
    highWaterMark: HIGH_WATER_MARK,
    maxBufferedAmount: amount('maxBufferedAmount', maxBufferedAmount, MAX_BUFFERED_AMOUNT),
    slowConsumer: 'close',
  }
}
