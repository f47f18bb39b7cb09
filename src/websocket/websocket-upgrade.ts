import type { Websocket } from './websocket.ts'
import type { WsDecision, WsResponse } from './ws-handler.ts'

/**
 * What an HTTP handler returns to turn its request into a WebSocket: a `Response` of status 101 cannot be made.
 * `new WebSocketUpgrade(accept(consumer, options))`
 */
export class WebSocketUpgrade<in S extends Websocket = Websocket> {
  readonly response: WsResponse<S>

  constructor(response: WsResponse<S>) {
    this.response = response
  }
}

/** What an HTTP handler answered, as a decision. */
export function decisionOf<S extends Websocket>(
  answer: Response | WebSocketUpgrade<S>,
): WsDecision<S> {
  return answer instanceof WebSocketUpgrade ? answer.response : answer
}
