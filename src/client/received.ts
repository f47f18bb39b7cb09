import type { Received } from '../websocket/ws-client.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { deferred } from './deferred.ts'

/** What came and was not taken. */
export interface ReceivedMessages extends Received {
  /** Resolves when the message is taken. */
  push(message: WsMessage): Promise<void>
  /** No more will come; iterating ends, with this error if there is one. */
  end(failure: Error | undefined): void
}

export function receivedMessages(): ReceivedMessages {
  const queue: { readonly message: WsMessage; taken(): void }[] = []
  let ended = false
  let failure: Error | undefined
  let more = deferred<void>()
  const wake = (): void => {
    more.resolve()
    more = deferred()
  }
  function* taken(): Generator<WsMessage, void, undefined> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      next.taken()
      yield next.message
    }
    if (failure) throw failure
  }
  return {
    push: (message) =>
      new Promise((taken) => {
        queue.push({ message, taken })
        wake()
      }),
    end(error) {
      ended = true
      failure = error
      wake()
    },
    [Symbol.iterator]: taken,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        yield* taken()
        if (ended) return
        await more.promise
      }
    },
  }
}
