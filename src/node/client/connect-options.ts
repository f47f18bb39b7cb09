import type { Agent } from 'node:http'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type { HeadersInput } from '../../protocol/headers/header-field.ts'
import type { SocketOptions } from '../../websocket/socket/socket-options.ts'
import type { SocketMode } from '../../websocket/socket-mode.ts'
import type { Http2Source } from './http2-option.ts'
import type { ProxyOptions } from './proxy.ts'

/** How to connect. */
export interface ConnectOptions extends SocketOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[] | undefined
  /** Further headers of the request. */
  readonly headers?: HeadersInput | undefined
  /** Milliseconds for all of opening: name, TCP, TLS and handshake. Default 15,000. */
  readonly timeout?: number | undefined
  /** Aborting it gives up opening, or terminates the socket. */
  readonly signal?: AbortSignal | undefined
  /** What `node:tls` takes: `ca`, `cert`, `key`, `rejectUnauthorized`, `servername`. */
  readonly tls?: TlsOptions | undefined
  /**
   * An HTTP proxy, such as `http://user:password@proxy.example.com:3128`; for `wss:` TLS goes through it. None by default,
   * and with `''`.
   */
  readonly proxy?: string | URL | ProxyOptions | undefined
  /** Makes the connection in place of the default: for a Unix socket, another kind of proxy. */
  readonly agent?: Agent | undefined
  /**
   * A connection of HTTP/2, from `connect` of `node:http2`, on which the WebSocket is one stream of many (RFC 8441); or a
   * function that returns one. It stays open when the WebSocket ends.
   */
  readonly http2?: Http2Source | undefined
  /**
   * `'frames'`: every frame as it is, nothing answered. `'fragments'`: messages in fragments, as their bytes arrive. The
   * socket then has `frames`, and no extensions are offered. Default `'messages'`.
   */
  readonly mode?: SocketMode | undefined
}
