import type { Agent } from 'node:http'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type { SocketOptions } from '../websocket/socket-options.ts'

/** How to connect. */
export interface ConnectOptions extends SocketOptions {
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: string | readonly string[]
  readonly headers?: HeadersInit
  /** Milliseconds for all of opening: name, TCP, TLS and handshake. Default 15,000. */
  readonly timeout?: number
  /** Aborting it gives up opening, or terminates the socket. */
  readonly signal?: AbortSignal
  /** What `node:tls` takes: `ca`, `cert`, `key`, `rejectUnauthorized`, `servername`. */
  readonly tls?: TlsOptions
  /** Makes the connection in place of the default: for a proxy, a Unix socket. */
  readonly agent?: Agent
  /** `'frames'`: every frame as it is, nothing answered; the socket has `frames`. Default `'messages'`. */
  readonly mode?: 'messages' | 'frames'
}
