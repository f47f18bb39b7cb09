import { asError } from '../protocol/errors/thrown.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { type Course, passThrough, STRAIGHT } from './passage.ts'
import { type DataPassing, isData } from './passing.ts'

/** Watches a socket, except for its control frames. None of these may throw. */
export interface Observer {
  /** Handed over while the socket was open. */
  sent?(item: DataPassing): void
  /** On its way to the listeners. */
  received?(item: DataPassing): void
  /** The consumer or a listener threw or rejected; the error goes on to where it would go without an observer. */
  failed?(error: Error): void
  /** Called once, before any listener of the consumer hears of it. */
  closed?(status: WsStatus): void
}

/** A filter that watches each socket, and changes nothing. */
export function observing(observe: (socket: Websocket) => Observer): WsFilter {
  return (next) => (socket) => {
    const observer = observe(socket)
    const failed = (thrown: unknown): never => {
      observer.failed?.(asError(thrown))
      throw thrown
    }
    const watched: Course = (deliver) => attempt(deliver, same, failed)
    const course = observer.failed === undefined ? STRAIGHT : watched
    socket.onClose((status) => observer.closed?.(status))
    const view = passThrough(socket, {
      incoming(item) {
        if (isData(item)) observer.received?.(item)
        return course
      },
      outgoing(item) {
        const open = socket.state === 'open' || socket.state === 'connecting'
        if (open && isData(item)) observer.sent?.(item)
        return STRAIGHT
      },
    })
    return attempt(() => next(view), same, failed)
  }
}

function same<T>(value: T): T {
  return value
}
