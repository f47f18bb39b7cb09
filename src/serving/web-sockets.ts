import type { WebSocketExtensionFactory } from '../protocol/extension.ts'
import { checkExtensionConflicts } from '../protocol/handshake/negotiation.ts'
import { type ConnectionLimits, SERVER_LIMITS } from '../protocol/limits.ts'
import type { ProtocolPorts } from '../protocol/ports.ts'
import type { ChannelsConfig } from '../session/channel.ts'
import { boundsOf } from '../session/channel-bounds.ts'
import type { WebsocketContentConverter } from '../session/content-converter.ts'
import type { SessionDefaults } from '../session/session-defaults.ts'
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
  /** For `sendSerialized` and `receiveDeserialized`, in sessions whose route has none of its own. */
  readonly contentConverter?: WebsocketContentConverter
  /** What the channels of sessions hold whose route does not say. */
  readonly channels?: ChannelsConfig
}

/** A configuration with every default filled in. */
export interface ServerSettings extends ResolvedSettings {
  readonly limits: Readonly<ConnectionLimits>
  readonly origin: OriginPolicy
  readonly extensions: readonly WebSocketExtensionFactory[]
  readonly sessions: SessionDefaults
}

/** Fills in the defaults. Throws a `RangeError` for a value that cannot be, and a `TypeError` for extensions that conflict. */
export function serverSettings(options: WebSockets, ports: ProtocolPorts): ServerSettings {
  const { extensions = [], channels, contentConverter } = options
  checkExtensionConflicts(extensions)
  boundsOf(channels)
  const settings = socketSettings(options, ports)
  const { clock, closeTimeout } = settings
  return {
    ...settings,
    limits: connectionLimits(options, SERVER_LIMITS),
    origin: options.origin ?? 'same',
    extensions,
    sessions: { channels, clock, closeTimeout, contentConverter },
  }
}
