import { chain } from '../../routing/chain.ts'
import type { PolyHandler } from '../../routing/poly-handler.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { WebSocketUpgrade } from '../../websocket/websocket-upgrade.ts'
import type { WsDecision, WsResponse } from '../../websocket/ws-handler.ts'

/** By the response that opens a socket: only Workers can make one with 101. */
const openings = new WeakMap<Response, WsResponse<FrameSocket>>()

/** From now on the response opens this socket. */
export function openWith(response: Response, socket: WsResponse<FrameSocket>): void {
  openings.set(response, socket)
}

/** A response that opens a socket, as what it stands for; anything else as it is. */
export function openedBy(decision: WsDecision<FrameSocket>): WsDecision<FrameSocket> {
  return (decision instanceof Response ? openings.get(decision) : undefined) ?? decision
}

/** An application that may pass on what a Durable Object in memory has answered, as a Worker in front of it does. */
export function passingOn({ http, ws }: PolyHandler<FrameSocket>): PolyHandler<FrameSocket> {
  return {
    http:
      http &&
      ((request) =>
        chain(http(request), (answer) => {
          const opened = answer instanceof Response ? openings.get(answer) : undefined
          return opened === undefined ? answer : new WebSocketUpgrade(opened)
        })),
    ws: ws && ((request) => chain(ws(request), openedBy)),
  }
}
