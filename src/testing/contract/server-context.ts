import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { StopOptions } from '../../websocket/server.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import type { ClientOptions } from './clients.ts'

/** A server of `contractApp()`, and a client for it. */
export interface ServerContext {
  /** Opens a WebSocket to a path of the application. */
  connect(path: string, options?: ClientOptions): WsClient
  /** Needed for `http`. */
  fetch?(path: string, init?: RequestInit): Promise<Response>
  /** Needed for `stop`. */
  stop?(options?: StopOptions): Promise<void>
  /** Needed for `answers`: the headers of the 101. */
  answer?(path: string, options?: ClientOptions): Promise<Headers>
  /** Needed for `raw`: sends text over TCP, and resolves with all that comes until the server closes. */
  raw?(text: string): Promise<string>
  /** Needed for `hook`: what the server's `onError` has heard. */
  reports?(): MaybePromise<readonly Error[]>
}
