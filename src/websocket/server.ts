// For `AsyncDisposable`, which the `lib` of most projects lacks.
/// <reference lib="esnext.disposable" preserve="true" />

import { type RequestKey, requestKey } from './request/request-key.ts'
import type { WsStatus } from './ws-status.ts'

/** Options of `Server.stop`. */
export interface StopOptions {
  /**
   * Milliseconds to wait for close handshakes, running HTTP requests and handlers; past it, transports are destroyed.
   * Default `over` + 10,000.
   */
  readonly drain?: number | undefined
  /** Milliseconds over which the closes are spread, at random; if it is longer, `drain`. Default 0: all at once. */
  readonly over?: number | undefined
  /** What the sockets are told. Default 1001 "Going away". */
  readonly status?: WsStatus | undefined
}

/** A running server. Disposing it is `stop()`. */
export interface Server extends AsyncDisposable {
  readonly port: number
  /** Such as `http://127.0.0.1:9000`, without a slash at the end. */
  readonly url: string
  /**
   * Refuses new connections, closes the open ones, and resolves when the last is gone and the promises of their consumers,
   * such as those of handlers of sessions, have settled, at the deadline in any case. Repeated calls share one promise.
   * Throws a `RangeError` for a time that no timer can wait for, and for a status that cannot be sent. It may be passed on
   * as it is: `process.on('SIGTERM', server.stop)`.
   */
  readonly stop: (options?: StopOptions) => Promise<void>
}

/** The server that a request came to: engines put it into their requests. */
export const serverKey: RequestKey<Server | undefined> = requestKey<Server | undefined>('server', {
  value: undefined,
})
