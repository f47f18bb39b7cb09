import { onAbort } from './on-abort.ts'
import type { Websocket } from './websocket.ts'

/** Terminates the socket when the signal aborts; the signal holds on to it no longer than it lives. */
export function terminateOnAbort(socket: Websocket, signal: AbortSignal | undefined): void {
  if (signal !== undefined) socket.onClose(onAbort(signal, () => socket.terminate()))
}
