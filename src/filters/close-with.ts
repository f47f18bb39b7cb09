import { pageReason } from '../websocket/page-codes.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** Closes a socket as a filter has to: a page, which cannot send most codes of RFC 6455, sends them 3000 higher. */
export function closeWith(socket: Websocket, status: WsStatus): void {
  const ofPage = socket.link.engine?.lacks.includes('statuses') === true
  socket.close(ofPage ? pageReason(status) : status)
}

/**
 * As `closeWith`, from a timer. If a filter further out throws, nothing else would end the socket: the connection is
 * dropped, and the hook hears of the error, as of all that a close listener throws.
 */
export function closeInTime(socket: Websocket, status: WsStatus): void {
  try {
    closeWith(socket, status)
  } catch (thrown) {
    socket.onClose(() => {
      throw thrown
    })
    socket.terminate()
  }
}
