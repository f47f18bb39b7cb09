import { chain } from '../routing/chain.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import { checkedOrigin, type OriginPolicy } from '../websocket/origin-policy.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { ifAccepted } from './accepted.ts'

/**
 * Gives what is behind it its own policy of origins, looser or tighter than the server's. A policy nearer to the
 * handler, of `accept` or of a filter further in, counts instead. What is answered over HTTP is not touched. Throws a
 * `TypeError` for invalid origins.
 */
export function originPolicy(policy: OriginPolicy): HandshakeFilter {
  checkedOrigin(policy)
  return ofHandshakes(
    (next) => (request) =>
      chain(next(request), (decision) =>
        ifAccepted(decision, (response) => ({ ...response, origin: response.origin ?? policy })),
      ),
  )
}
