import { checkSubprotocols } from '../protocol/handshake/subprotocol.ts'
import { chain } from '../routing/chain.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import { offeredSubprotocols } from '../websocket/request/offered-subprotocols.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { ifAccepted } from './accepted.ts'

/** Chooses one of the subprotocols that the client offers, its preferred one first; `undefined` for none. */
export type ChooseSubprotocol = (
  offered: readonly string[],
  request: UpgradeRequest,
) => string | undefined

/**
 * Negotiates the subprotocol (RFC 6455, section 4.2.2): the first of the list that the client offers, or what the
 * function chooses among them. If there is none in common, none is answered, and `socket.protocol` is `''`: clients that
 * need one then leave. One that the handler itself has accepted stays. Throws a `TypeError` for a list with an invalid
 * or repeated name.
 */
export function setSubprotocol(choose: readonly string[] | ChooseSubprotocol): HandshakeFilter {
  const chosen = typeof choose === 'function' ? choose : firstOf(choose)
  return ofHandshakes(
    (next) => (request) =>
      chain(next(request), (decision) =>
        ifAccepted(decision, (response) => {
          const protocol = response.protocol ?? chosen(offeredSubprotocols(request), request)
          if (protocol === undefined || typeof protocol === 'string')
            return { ...response, protocol }
          throw wrongType(protocol, 'a subprotocol that is chosen has to be a string')
        }),
      ),
  )
}

function firstOf(supported: readonly string[]): ChooseSubprotocol {
  // Not every caller is type-checked, and a string would be a list of its characters.
  if (!Array.isArray(supported)) {
    throw wrongType(supported, 'setSubprotocol needs a list or a function')
  }
  checkSubprotocols(supported)
  return (offered) => supported.find((protocol) => offered.includes(protocol))
}
