import type { ZlibPort } from '../protocol/bytes/zlib-port.ts'
import type { WebSocketExtensionFactory } from '../protocol/extension/extension.ts'
import { reservedBits } from '../protocol/extension/reserved-bits.ts'
import type { ConnectionLimits } from '../protocol/frame/limits.ts'
import { checkExtensionConflicts, negotiateExtensions } from '../protocol/handshake/negotiation.ts'
import type { ExtensionHeader } from '../protocol/headers/extension-header.ts'
import {
  type AgreedExtensions,
  type ServerSettings,
  serverSettings,
  type WebSockets,
} from './web-sockets.ts'

/**
 * Fills in the defaults, for an engine of our own: it lacks nothing, and agrees on extensions. Throws as `serverSettings`
 * does, and a `TypeError` for extensions that conflict.
 */
export function ownSettings(options: WebSockets, zlib: ZlibPort | undefined): ServerSettings {
  const { extensions = [] } = options
  checkExtensionConflicts(extensions)
  return {
    ...serverSettings(options),
    negotiate: (offers, limits) => agree(offers, extensions, limits, zlib),
  }
}

function agree(
  offers: readonly ExtensionHeader[],
  factories: readonly WebSocketExtensionFactory[],
  shared: Readonly<ConnectionLimits>,
  zlib: ZlibPort | undefined,
): AgreedExtensions | undefined {
  if (offers.length === 0 || factories.length === 0) return undefined
  // An extension keeps the limits and has to see them change, so they must be the connection's own.
  const limits = { ...shared }
  const context = { role: 'server', limits, zlib } as const
  const { answer, extensions } = negotiateExtensions(offers, factories, context)
  return { answer, extensions, reserved: reservedBits(factories, extensions), limits }
}
