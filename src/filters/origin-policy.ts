import { chain } from '../routing/chain.ts'
import type { HandshakeFilter, OriginPolicy } from '../websocket/ws-handler.ts'
import { ifAccepted } from './accepted.ts'

/**
 * Gives what is behind it its own policy of origins, looser or tighter than the server's. A policy nearer to the handler,
 * of `accept` or of a filter further in, counts instead. What is answered over HTTP is not touched.
 */
export function originPolicy(policy: OriginPolicy): HandshakeFilter {
  return (next) => (request) =>
    chain(next(request), (decision) =>
      ifAccepted(decision, (response) => ({ ...response, origin: response.origin ?? policy })),
    )
}
