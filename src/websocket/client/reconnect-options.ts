import type { SenderOptions } from '../socket/sender.ts'
import { HIGH_WATER_MARK, MAX_BUFFERED_AMOUNT } from '../socket/socket-settings.ts'
import { amount } from '../support/option-checks.ts'
import { checkNames, type OptionNames } from '../support/option-names.ts'
import type { WsConsumer } from '../ws-handler.ts'
import {
  BACKOFF_OPTIONS,
  type BackoffOptions,
  backoffOptions,
  type ResolvedBackoffOptions,
} from './backoff-options.ts'

/** How to go on when a connection ends. An error that `onDown`, `retry` or `delay` throws ends the client. */
export interface ReconnectOptions extends BackoffOptions {
  /**
   * Called with each connection once it is open. What was held is sent afterwards; if this returns a promise, once that
   * has resolved. If it throws or rejects, the connection is dropped, with the error as the `cause` of its end. What
   * listeners hear comes to `received()` as well, which has to be read all the same.
   */
  readonly onOpen?: WsConsumer | undefined
  /** In bytes: what `send` holds while there is no connection. Default 16 MiB. */
  readonly maxBufferedAmount?: number | undefined
}

const RECONNECT_OPTIONS: OptionNames<ReconnectOptions> = {
  onOpen: 0,
  maxBufferedAmount: 0,
  ...BACKOFF_OPTIONS,
}

/** The options, checked, with their defaults, and what bounds what is held. */
export interface ResolvedReconnectOptions
  extends Pick<ReconnectOptions, 'onOpen'>,
    ResolvedBackoffOptions,
    SenderOptions {}

/** Fills in the defaults. Throws a `TypeError` for an unknown option, and a `RangeError` for a wrong number. */
export function reconnectOptions(options: ReconnectOptions): ResolvedReconnectOptions {
  checkNames('reconnecting()', options, RECONNECT_OPTIONS)
  const { onOpen, maxBufferedAmount } = options
  return {
    ...backoffOptions(options),
    onOpen,
    highWaterMark: HIGH_WATER_MARK,
    maxBufferedAmount: amount('maxBufferedAmount', maxBufferedAmount, MAX_BUFFERED_AMOUNT),
    slowConsumer: 'close',
  }
}
