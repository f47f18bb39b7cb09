import type { ZlibPort } from '../../protocol/bytes/zlib-port.ts'
import type { HeadersInput } from '../../protocol/headers/header-field.ts'
import type { PolyHandler } from '../../routing/poly-handler.ts'
import { WEB_SOCKETS, type WebSockets } from '../../serving/web-sockets.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { SOCKET_OPTIONS, type SocketOptions } from '../../websocket/socket/socket-options.ts'
import type { SocketMode } from '../../websocket/socket-mode.ts'
import type { OptionNames } from '../../websocket/support/option-names.ts'
import type { WsHandler } from '../../websocket/ws-handler.ts'
import type { TransportPair } from './chaos-transport.ts'

/** What can be tested with no server: whatever `serve` takes. */
export type TestApp = WsHandler<FrameSocket> | PolyHandler<FrameSocket>

/** A path, a URL, or a request. */
export type TestRequest = string | URL | Request | UpgradeRequest

/** The client's own options, and what would be the server's. */
export interface OfflineOptions extends SocketOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[] | undefined
  /** Further headers of the request. */
  readonly headers?: HeadersInput | undefined
  /** What the application sees as the `remoteAddress` of the request; a request of ours has its own. */
  readonly remoteAddress?: string | undefined
  /** `'frames'` and `'fragments'`: the client's socket has `frames`. */
  readonly mode?: SocketMode | undefined
  /** Aborting it gives up opening, or terminates the socket. */
  readonly signal?: AbortSignal | undefined
  /** The configuration of the server that is not there; its clock is the client's unless it has one. */
  readonly webSockets?: WebSockets | undefined
  /** For permessage-deflate on both sides. */
  readonly zlib?: ZlibPort | undefined
  /** What lies between the two ends. Default: bytes arrive as they are sent, at once. */
  readonly transport?: TransportPair | undefined
}

/** The names of the options of the connection: all but what one client asks for. */
export const CONNECTION_OPTIONS: OptionNames<
  Omit<OfflineOptions, 'protocols' | 'headers' | 'mode' | 'signal'>
> = {
  ...SOCKET_OPTIONS,
  remoteAddress: 0,
  webSockets: WEB_SOCKETS,
  zlib: 0,
  transport: 0,
}

/** The names of all options. */
export const OFFLINE_OPTIONS: OptionNames<OfflineOptions> = {
  ...CONNECTION_OPTIONS,
  protocols: 0,
  headers: 0,
  mode: 0,
  signal: 0,
}
