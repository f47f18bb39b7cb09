import { CloseReason } from '../protocol/reason.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/**
 * Closes a socket as a filter has to. A page cannot send most of the codes below 3000: there they go out 3000 higher, as
 * those of its client do.
 */
export function closeWith(socket: Websocket, status: WsStatus): void {
  const { code, message } = status
  const higher = code !== 1000 && code < 3000 && socket.link.engine?.lacks.includes('statuses')
  socket.close(higher ? new CloseReason(code + 3000, message) : status)
}
