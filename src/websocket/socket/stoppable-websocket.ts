import type { Websocket } from '../websocket.ts'
import type { WsStatus } from '../ws-status.ts'

/** A socket that can be given a time of its own for its close handshake. */
export interface StoppableWebsocket extends Websocket {
  /** Closes, with `closeTimeout` milliseconds in place of the settings' for the peer to finish the handshake. */
  shutDown(status: WsStatus, closeTimeout: number): void
}
