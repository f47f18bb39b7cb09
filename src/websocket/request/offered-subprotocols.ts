import { parseTokens } from '../../protocol/headers/header-tokens.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/**
 * The subprotocols that the client offers, its preferred one first (RFC 6455, section 11.3.4). None if the header is
 * malformed: such an upgrade is refused.
 */
export function offeredSubprotocols(request: UpgradeRequest): readonly string[] {
  return parseTokens(request.header('sec-websocket-protocol') ?? '') ?? []
}

/** Whether the client offers the subprotocol; it offers `undefined`, none, in any case. */
export function offers(request: UpgradeRequest, protocol: string | undefined): boolean {
  return protocol === undefined || offeredSubprotocols(request).includes(protocol)
}
