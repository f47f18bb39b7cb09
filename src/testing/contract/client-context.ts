import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsConsumer } from '../../websocket/ws-handler.ts'
import type { ClientOptions } from './clients.ts'

/** A client, and `contractApp()` on a server for it. */
export interface ClientContext {
  /** Opens a WebSocket to a path of the application. */
  connect(path: string, options?: ClientOptions): WsClient
  /** Needed for `unreachable`: to where nobody listens. */
  unreachable?(): WsClient
  /** Needed for `open`. */
  open?(path: string, consumer: WsConsumer): Websocket
  /** Needed for `raw`: opens one through somebody who keeps the bytes that the client sends, and gives them back. */
  tapped?(path: string): Promise<TappedClient>
  /** Needed for `open` and `unreachable`: to where nobody listens. */
  openUnreachable?(consumer: WsConsumer): Websocket
}

/** A client, and what it has sent. */
export interface TappedClient {
  readonly client: WsClient
  sent(): Uint8Array
}
