import { asError } from '../../protocol/errors/thrown.ts'
import { attempt } from '../support/attempt.ts'
import type { MaybePromise } from '../support/maybe-promise.ts'
import type { Websocket } from '../websocket.ts'
import type { WsConsumer } from '../ws-handler.ts'

/** What stands behind the socket of a consumer. */
interface ConsumerOwner {
  /** The consumer threw or rejected. */
  fault(error: Error): void
  /** The consumer is done, well or badly. */
  settle(): void
}

/** Calls a consumer with its socket and reports the outcome to the owner: at once, or when its promise has settled. */
export function runConsumer<S extends Websocket>(
  consumer: WsConsumer<S>,
  socket: S,
  owner: ConsumerOwner,
): MaybePromise<void> {
  return attempt(
    () => consumer(socket),
    () => owner.settle(),
    (thrown) => {
      owner.fault(asError(thrown))
      owner.settle()
    },
  )
}
