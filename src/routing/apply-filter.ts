import { madeByFilter } from '../websocket/support/check-function.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsConsumer, WsDecision, WsFilter, WsResponse } from '../websocket/ws-handler.ts'

/** The consumer behind the filter. */
export function applyFilter<S extends Websocket>(
  filter: WsFilter,
  consumer: WsConsumer<S>,
): WsConsumer<S> {
  // A filter passes on the socket it is given, or what `decorate` makes of it, which is a socket of the same kind: a
  // consumer that needs an `S` gets one. The type of a filter, which is for every socket, cannot say so.
  return madeByFilter(filter(consumer as WsConsumer), 'consumer')
}

/** An upgrade taken, its consumer behind the filter, and otherwise the same. */
export function filterResponse<S extends Websocket>(
  filter: WsFilter,
  response: WsResponse<S>,
): WsResponse<S> {
  return { ...response, consumer: applyFilter(filter, response.consumer) }
}

/** A decision; if it takes the upgrade, with its consumer behind the filter. */
export function filterDecision<S extends Websocket>(
  filter: WsFilter,
  decision: WsDecision<S>,
): WsDecision<S> {
  if (typeof decision === 'function') return applyFilter(filter, decision)
  // If a handler that is not type-checked returns anything else, the engine reports it.
  if (typeof decision !== 'object' || decision === null || !('consumer' in decision))
    return decision
  return filterResponse(filter, decision)
}
