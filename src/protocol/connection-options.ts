import type { WebSocketExtension } from './extension.ts'
import type { ConnectionLimits } from './limits.ts'
import type { ProtocolPorts } from './ports.ts'

export type Role = 'server' | 'client'

export interface ConnectionOptions {
  readonly role: Role
  /** Of this connection alone, unless they are frozen. */
  readonly limits: ConnectionLimits
  /** `'messages'`: fragments joined, control frames answered. `'frames'`: every frame as it is, nothing answered. */
  readonly mode?: 'messages' | 'frames'
  /** In the order of negotiation. */
  readonly extensions?: readonly WebSocketExtension[]
  /** The reserved bits those extensions claim, of 0x70. */
  readonly reserved?: number
  readonly ports?: ProtocolPorts
  /** Whether frames are masked; by the role (RFC 6455, section 5.1) unless something below already does it. */
  readonly masked?: { readonly incoming: boolean; readonly outgoing: boolean }
}
