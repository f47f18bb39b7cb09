import { asError } from '../protocol/thrown.ts'
import { isPromiseLike } from './maybe-promise.ts'
import type { Websocket } from './websocket.ts'
import type { WsConsumer } from './ws-handler.ts'

/** What stands behind the socket of a consumer. */
interface ConsumerOwner {
  /** The consumer threw or rejected. */
  fault(error: Error): void
  /** The consumer is done, well or badly. */
  settle(): void
}

/** Calls a consumer with its socket, and tells the owner how that went; it may take until a promise has settled. */
export function runConsumer<S extends Websocket>(
  consumer: WsConsumer<S>,
  socket: S,
  owner: ConsumerOwner,
): void {
  let result: unknown
  try {
    result = consumer(socket)
  } catch (thrown) {
    owner.fault(asError(thrown))
  }
  if (!isPromiseLike(result)) {
    owner.settle()
    return
  }
  result.then(
    () => owner.settle(),
    (reason: unknown) => {
      owner.fault(asError(reason))
      owner.settle()
    },
  )
}
