import type { Clock } from '../websocket/support/clock.ts'
import type { Websocket } from '../websocket/websocket.ts'

/** What a platform lets users choose; it sets no headers, and has its own TLS, proxies and compression. */
export interface PlatformOptions {
  /** Milliseconds for all of opening. Default 15,000. */
  readonly timeout?: number | undefined
  /** In bytes, inclusive. The platform has read a larger one already: it is dropped, and closes with 4009. Default 64 MiB. */
  readonly maxMessageSize?: number | undefined
  /** Milliseconds the peer may take to finish the close handshake. Default 10,000. */
  readonly closeTimeout?: number | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /** Called with errors that no `onError` listener took. Default: `console.error`. */
  readonly onError?: ((error: Error, socket: Websocket) => void) | undefined
}

/** How to connect. */
export interface ConnectOptions extends PlatformOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[] | undefined
  /** Aborting it gives up opening, or terminates the socket. */
  readonly signal?: AbortSignal | undefined
}

/** Throws a `RangeError` that names the option for an invalid number. */
export function checkOptions(options: PlatformOptions): void {
  for (const name of ['timeout', 'maxMessageSize', 'closeTimeout'] as const) {
    const value = options[name] ?? 0
    if (!(value >= 0)) {
      throw new RangeError(`the option ${name} is ${value}: it must be a number from 0 up`)
    }
  }
}
