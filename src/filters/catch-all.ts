import { checkReason } from '../protocol/close/close-code.ts'
import { INTERNAL_ERROR } from '../protocol/close/reason.ts'
import { SocketView } from '../websocket/socket-view.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { closeWith } from './close-with.ts'

/** Options of `catchAll`. */
export interface CatchAllOptions {
  /**
   * What the socket is closed with; if a function returns `undefined`, it stays open. Default 1011 "Internal error".
   */
  readonly status?: WsStatus | ((error: Error) => WsStatus | undefined) | undefined
  /** Called with each error. Default: the `onError` hook of the server. */
  readonly onError?: ((error: Error, socket: Websocket) => unknown) | undefined
}

const CATCH_ALL_OPTIONS: OptionNames<CatchAllOptions> = { status: 0, onError: 0 }

/**
 * An error that the consumer or a listener throws or rejects with, and that no `onError` listener of the consumer
 * handles, becomes a close: the peer gets a status, and nothing of the error itself. Throws a `RangeError` for a status
 * that cannot be sent.
 */
export function catchAll(options: CatchAllOptions = {}): WsFilter {
  checkNames('catchAll()', options, CATCH_ALL_OPTIONS)
  const { status = INTERNAL_ERROR, onError = rethrow } = options
  const statusOf = typeof status === 'function' ? status : (): WsStatus => status
  if (typeof status !== 'function') checkReason(status)
  checkFunction(onError, 'the option onError of catchAll has to be a function')
  return (next) => (socket) => {
    const view = new CountingSocket(socket)
    // If the connection itself failed, its close record says why, and there is nothing left to close.
    const isLeft = (error: Error): boolean =>
      view.errorListeners === 0 && socket.link.closeRecord?.cause !== error
    // Two listeners, since the server's hook hears what each throws: neither failure hides the other, or the error.
    socket.onError((error) => {
      if (isLeft(error)) closeFor(error, socket, statusOf)
    })
    socket.onError((error) => (isLeft(error) ? onError(error, socket) : undefined))
    return next(view)
  }
}

function closeFor(
  error: Error,
  socket: Websocket,
  statusOf: (error: Error) => WsStatus | undefined,
): void {
  let status: WsStatus | undefined = INTERNAL_ERROR
  try {
    const chosen = statusOf(error)
    if (chosen !== undefined) checkReason(chosen)
    status = chosen
  } finally {
    if (status !== undefined) closeWith(socket, status)
  }
}

/** Passes the error on to the server's hook, which hears what error listeners throw. */
function rethrow(error: Error): never {
  throw error
}

/** Knows whether anybody takes errors. */
class CountingSocket extends SocketView {
  errorListeners = 0

  override onError(fn: (error: Error) => unknown): () => void {
    const remove = super.onError(fn)
    let listening = true
    this.errorListeners++
    return () => {
      if (listening) this.errorListeners--
      listening = false
      remove()
    }
  }
}
