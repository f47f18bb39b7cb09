import type { ProtocolPorts } from '../bytes/ports.ts'
import type { WebSocketExtension } from '../extension/extension.ts'
import type { ConnectionLimits } from '../frame/limits.ts'

/** The side of the connection: clients mask their frames, servers do not. */
export type Role = 'server' | 'client'

export const ROLES: readonly Role[] = ['server', 'client']

/** `'messages'`: fragments joined, control frames answered. `'frames'`: every frame as it is, nothing answered. */
export type Mode = 'messages' | 'frames'

export const MODES: readonly Mode[] = ['messages', 'frames']

/** Options of `Connection`. */
export interface ConnectionOptions {
  readonly role: Role
  /** Read anew for each frame, so they may be changed; frozen ones may be shared by many connections. */
  readonly limits: ConnectionLimits
  /** Default `'messages'`. */
  readonly mode?: Mode | undefined
  /** In the order of negotiation. */
  readonly extensions?: readonly WebSocketExtension[] | undefined
  /** The reserved bits (of 0x70) that those extensions claim. Default none. */
  readonly reserved?: number | undefined
  /** What the platform does faster. Default: what runs everywhere. */
  readonly ports?: ProtocolPorts | undefined
  /** Whether frames are masked. Default: as the role requires (RFC 6455, section 5.1). For layers below that mask. */
  readonly masked?: { readonly incoming: boolean; readonly outgoing: boolean } | undefined
}
