import { CLIENT_LIMITS } from '../protocol/limits.ts'
import { type Clock, systemClock } from '../websocket/clock.ts'
import { amount, duration } from '../websocket/socket-options.ts'
import { SOCKET_DEFAULTS } from '../websocket/socket-settings.ts'
import type { Websocket } from '../websocket/websocket.ts'

/** What a platform lets users choose; it sets no headers, and has its own TLS, proxies and compression. */
export interface PlatformOptions {
  /** Milliseconds for all of opening. Default 15,000. */
  readonly timeout?: number
  /** In bytes, inclusive. The platform has read a larger one already: it is dropped, and closes with 4009. Default 64 MiB. */
  readonly maxMessageSize?: number
  /** Milliseconds the peer may take to finish the close handshake. Default 10,000. */
  readonly closeTimeout?: number
  readonly clock?: Clock
  /** Hears of faults that no `onError` listener took. Default: `console.error`. */
  readonly onError?: (error: Error, socket: Websocket) => void
}

/** How to connect. */
export interface ConnectOptions extends PlatformOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[]
  /** Aborting it gives up opening, or terminates the socket. */
  readonly signal?: AbortSignal
}

/** Options with every default filled in. */
export type Settings = Required<PlatformOptions>

/** Fills in the defaults. Throws a `RangeError` that names the option for a value that cannot be. */
export function settingsOf(options: PlatformOptions): Settings {
  const { clock = systemClock, onError = logged } = options
  return {
    timeout: duration('timeout', options.timeout, 15_000),
    maxMessageSize: amount('maxMessageSize', options.maxMessageSize, CLIENT_LIMITS.maxMessageSize),
    closeTimeout: duration('closeTimeout', options.closeTimeout, SOCKET_DEFAULTS.closeTimeout),
    clock,
    onError,
  }
}

function logged(error: Error): void {
  console.error('antiphon: a listener failed', error)
}
