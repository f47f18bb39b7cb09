import type { WebSocketExtensionFactory } from '../protocol/extension.ts'
import { checkExtensionConflicts } from '../protocol/handshake/negotiation.ts'
import { type ConnectionLimits, SERVER_LIMITS } from '../protocol/limits.ts'
import type { ProtocolPorts } from '../protocol/ports.ts'
import {
  connectionLimits,
  type ResolvedSettings,
  type SocketOptions,
  socketSettings,
} from '../websocket/socket-options.ts'
import type { OriginPolicy } from '../websocket/ws-handler.ts'

/** The configuration of a server's WebSockets. */
export interface WebSockets extends SocketOptions {
  /** Which pages may connect. Default `'same'`. */
  readonly origin?: OriginPolicy
}

/** A configuration with every default filled in. */
export interface ServerSettings extends ResolvedSettings {
  readonly limits: Readonly<ConnectionLimits>
  readonly origin: OriginPolicy
  readonly extensions: readonly WebSocketExtensionFactory[]
}

/** Fills in the defaults. Throws a `RangeError` for a value that cannot be, and a `TypeError` for extensions that conflict. */
export function serverSettings(options: WebSockets, ports: ProtocolPorts): ServerSettings {
  const extensions = options.extensions ?? []
  checkExtensionConflicts(extensions)
  return {
    ...socketSettings(options, ports),
    limits: connectionLimits(options, SERVER_LIMITS),
    origin: options.origin ?? 'same',
    extensions,
  }
}
