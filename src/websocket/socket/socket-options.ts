import type { WebSocketExtensionFactory } from '../../protocol/extension/extension.ts'
import { type ConnectionLimits, SERVER_LIMITS } from '../../protocol/frame/limits.ts'
import { type SlowConsumerPolicy, slowConsumerPolicy } from '../slow-consumer.ts'
import { type Clock, systemClock } from '../support/clock.ts'
import { guardedHook } from '../support/guarded-hook.ts'
import { amount, duration } from '../support/option-checks.ts'
import type { OptionNames } from '../support/option-names.ts'
import { showError } from '../support/show-error.ts'
import type { Websocket } from '../websocket.ts'
import { type InboundMark, SOCKET_DEFAULTS, type SocketSettings } from './socket-settings.ts'

/** The options that servers and clients have in common. Sizes in bytes, times in milliseconds. */
export interface SocketOptions {
  /**
   * A whole message, after inflating; inclusive. A larger one closes with 1009, and so does text of more bytes than the
   * longest string has characters: on Node 512 MiB minus 24. Default: server 1 MiB, client 64 MiB.
   */
  readonly maxMessageSize?: number | undefined
  /**
   * One frame's payload; a larger one closes with 1009 before it is read. Default: server as `maxMessageSize`, client
   * unlimited.
   */
  readonly maxFrameSize?: number | undefined
  /** Fragments of one message without a byte; more close with 1008. Default 16,384. */
  readonly maxEmptyFragments?: number | undefined
  /** Pongs waiting behind a slow reader; past it only the newest is kept. Default 64. */
  readonly maxPendingPongs?: number | undefined
  /** What may wait for a slow reader, or for a client to open. Default 16 MiB. */
  readonly maxBufferedAmount?: number | undefined
  /** What happens past `maxBufferedAmount`. Default `'close'`, with 1013; opening fails with an `OverflowException`. */
  readonly slowConsumer?: SlowConsumerPolicy | undefined
  /** Above it `send` returns `false` and a session's `send` waits. Default 64 KiB. */
  readonly highWaterMark?: number | undefined
  /** What may wait for listeners before reading pauses. Default 1 MiB or 256 messages. */
  readonly inboundMark?:
    | { readonly [Part in keyof InboundMark]?: InboundMark[Part] | undefined }
    | undefined
  /** How long the peer may take to finish the close handshake. Default 10,000. */
  readonly closeTimeout?: number | undefined
  /** The time between Pings; `null` or 0 for none, the default. 30,000 is a good value. */
  readonly pingInterval?: number | null | undefined
  /** How long a Pong may take; then the connection closes with 1011. Default 15,000. */
  readonly pongTimeout?: number | undefined
  /** To offer, or to accept, the preferred one first. Default none. */
  readonly extensions?: readonly WebSocketExtensionFactory[] | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /**
   * Called with errors that no `onError` listener took; without a socket if there is none yet. Default:
   * `console.error`.
   */
  readonly onError?: ((error: Error, socket: Websocket | undefined) => void) | undefined
}

/** The names of these options, and of those within. */
export const SOCKET_OPTIONS: OptionNames<SocketOptions> = {
  ...SOCKET_DEFAULTS,
  ...SERVER_LIMITS,
  extensions: 0,
  clock: 0,
  onError: 0,
}

/** Settings whose hook may also be called without a socket. */
export interface ResolvedSettings extends SocketSettings {
  readonly onError: (error: Error, socket: Websocket | undefined) => void
}

/** Fills in the defaults. Throws a `RangeError` that names the option for an invalid value. */
export function socketSettings(options: SocketOptions): ResolvedSettings {
  const size = (name: 'highWaterMark' | 'maxBufferedAmount'): number =>
    amount(name, options[name], SOCKET_DEFAULTS[name])
  const time = (name: 'closeTimeout' | 'pongTimeout'): number =>
    duration(name, options[name], SOCKET_DEFAULTS[name])
  const mark = (name: keyof InboundMark): number =>
    amount(`inboundMark.${name}`, options.inboundMark?.[name], SOCKET_DEFAULTS.inboundMark[name])
  return {
    clock: options.clock ?? systemClock,
    highWaterMark: size('highWaterMark'),
    maxBufferedAmount: size('maxBufferedAmount'),
    slowConsumer: slowConsumerPolicy(options.slowConsumer, SOCKET_DEFAULTS.slowConsumer),
    inboundMark: { bytes: mark('bytes'), messages: mark('messages') },
    closeTimeout: time('closeTimeout'),
    pingInterval: duration('pingInterval', options.pingInterval ?? 0),
    pongTimeout: time('pongTimeout'),
    onError: guardedHook(options.onError ?? logged),
  }
}

/** The limits of a connection. If frames are limited by default, as on a server, `maxFrameSize` is `maxMessageSize`. */
export function connectionLimits(
  options: SocketOptions,
  defaults: Readonly<ConnectionLimits>,
): ConnectionLimits {
  const limit = (name: keyof ConnectionLimits, fallback = defaults[name]): number =>
    amount(name, options[name], fallback)
  const maxMessageSize = limit('maxMessageSize')
  const framesLimited = defaults.maxFrameSize <= defaults.maxMessageSize
  return {
    maxMessageSize,
    maxFrameSize: limit('maxFrameSize', framesLimited ? maxMessageSize : defaults.maxFrameSize),
    maxEmptyFragments: limit('maxEmptyFragments'),
    maxPendingPongs: limit('maxPendingPongs'),
  }
}

function logged(error: Error): void {
  console.error('antiphon: a handler or listener failed', showError(error))
}
