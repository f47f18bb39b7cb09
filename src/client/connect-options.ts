import { type Clock, systemClock } from '../websocket/clock.ts'
import { CLOSE_TIMEOUT } from '../websocket/socket-settings.ts'
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

/** What the platforms' timers can count to, in milliseconds: they take a longer wait for none at all. */
const LONGEST = 2 ** 31 - 1

/** Fills in the defaults. Throws a `RangeError` that names the option for a value that cannot be. */
export function settingsOf(options: PlatformOptions): Settings {
  const {
    timeout = 15_000,
    maxMessageSize = 64 * 1024 * 1024,
    closeTimeout = CLOSE_TIMEOUT,
    clock = systemClock,
    onError = (error) => console.error(error),
  } = options
  check('timeout', timeout, LONGEST)
  check('maxMessageSize', maxMessageSize)
  check('closeTimeout', closeTimeout, LONGEST)
  return { timeout, maxMessageSize, closeTimeout, clock, onError }
}

function check(name: string, value: number, most = Infinity): void {
  if (value >= 0 && value <= most) return
  throw new RangeError(`the option ${name} is ${value}: it must be a number from 0 to ${most}`)
}
