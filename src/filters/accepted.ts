import { acceptance } from '../websocket/accept.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsDecision, WsResponse } from '../websocket/ws-handler.ts'

/** The decision; if it takes the upgrade, with something of the response changed. */
export function ifAccepted<S extends Websocket>(
  decision: WsDecision<S>,
  change: (response: WsResponse<S>) => WsResponse<S>,
): WsDecision<S> {
  if (decision === undefined || decision instanceof Response) return decision
  return change(typeof decision === 'function' ? acceptance(decision) : decision)
}
