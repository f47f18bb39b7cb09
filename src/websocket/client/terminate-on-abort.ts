import { asError } from '../../protocol/errors/thrown.ts'
import type { ProtocolWebsocket } from '../socket/protocol-websocket.ts'
import { onAbort } from '../support/on-abort.ts'

/**
 * Drops the connection when the signal aborts, with the signal's reason as the cause. The signal does not keep a closed
 * socket alive.
 */
export function terminateOnAbort(socket: ProtocolWebsocket, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  socket.onClose(onAbort(signal, () => socket.handler.onGone(asError(signal.reason))))
}
