import { type ConnectionLimits, SERVER_LIMITS } from '../protocol/frame/limits.ts'
import type { Negotiation } from '../protocol/handshake/negotiation.ts'
import type { ExtensionHeader } from '../protocol/headers/extension-header.ts'
import type { ChannelsConfig } from '../session/channel/channel.ts'
import { boundsOf, CHANNELS } from '../session/channel/channel-bounds.ts'
import type { WebsocketContentConverter } from '../session/content-converter.ts'
import { checkConverter } from '../session/converter-of.ts'
import type { SessionDefaults } from '../session/session-defaults.ts'
import type { Capability } from '../websocket/capability.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import { checkedOrigin, type OriginPolicy } from '../websocket/origin-policy.ts'
import {
  connectionLimits,
  type ResolvedSettings,
  SOCKET_OPTIONS,
  type SocketOptions,
  socketSettings,
} from '../websocket/socket/socket-options.ts'
import type { OptionNames } from '../websocket/support/option-names.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'

/** The configuration of a server's WebSockets. */
export interface WebSockets extends SocketOptions {
  /** Which pages may connect. Default `'same'`. */
  readonly origin?: OriginPolicy | undefined
  /** For `sendSerialized` and `receiveDeserialized`, in sessions whose route has none of its own. */
  readonly contentConverter?: WebsocketContentConverter | undefined
  /** The bounds of the channels of sessions whose route gives none. */
  readonly channels?: ChannelsConfig | undefined
}

/** The names of these options. */
export const WEB_SOCKETS: OptionNames<WebSockets> = {
  ...SOCKET_OPTIONS,
  origin: 0,
  contentConverter: 0,
  channels: CHANNELS,
}

/** The options that not every engine can follow, by the capability that they need. */
export const OPTION_NEEDS = {
  maxFrameSize: 'frameLimits',
  maxEmptyFragments: 'emptyFragments',
  maxPendingPongs: 'pendingPongs',
  maxBufferedAmount: 'bufferedAmount',
  slowConsumer: 'bufferedAmount',
  highWaterMark: 'bufferedAmount',
  pingInterval: 'pings',
  pongTimeout: 'pings',
  extensions: 'extensions',
} as const

export type OptionNeeds = typeof OPTION_NEEDS

/** The configuration for an engine that lacks `L`: without the options that need it. */
export type WebSocketsLacking<L extends Capability> = Omit<
  WebSockets,
  {
    [Option in keyof OptionNeeds]: OptionNeeds[Option] extends L ? Option : never
  }[keyof OptionNeeds]
>

/** The extensions that a server has agreed to use on a connection, and what they need. */
export interface AgreedExtensions extends Negotiation {
  /** The reserved bits that the extensions claim, of 0x70. */
  readonly reserved: number
  /** The connection's own. */
  readonly limits: ConnectionLimits
}

/** A configuration with every default filled in. */
export interface ServerSettings extends ResolvedSettings {
  /** Throws for an accepted upgrade that needs what the engine lacks; absent where it lacks nothing. */
  readonly checkNeeds?: ((response: WsResponse<FrameSocket>) => void) | undefined
  readonly limits: Readonly<ConnectionLimits>
  readonly origin: OriginPolicy
  /** Chooses among the extensions that a client offers; `undefined` for none. Absent where the engine has none. */
  readonly negotiate?:
    | ((
        offers: readonly ExtensionHeader[],
        limits: Readonly<ConnectionLimits>,
      ) => AgreedExtensions | undefined)
    | undefined
  readonly sessions: SessionDefaults
}

/** Fills in the defaults. Throws a `RangeError` for an invalid value, and a `TypeError` for invalid origins or a wrong converter. */
export function serverSettings(options: WebSockets): ServerSettings {
  const { channels, contentConverter } = options
  boundsOf(channels)
  checkConverter(contentConverter)
  const settings = socketSettings(options)
  const { clock, closeTimeout } = settings
  return {
    ...settings,
    // Shared by its connections, and copied by those that change theirs.
    limits: Object.freeze(connectionLimits(options, SERVER_LIMITS)),
    origin: checkedOrigin(options.origin ?? 'same'),
    sessions: { channels, clock, closeTimeout, contentConverter },
  }
}
