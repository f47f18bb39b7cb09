import type { Received } from '../websocket/client/ws-client.ts'
import { leavable } from '../websocket/support/leavable.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { deferred } from './deferred.ts'

/** The messages that came and were not taken. */
export interface ReceivedMessages extends Received {
  /** Resolves when the message is taken. */
  push(message: WsMessage): Promise<void>
  /** No more will come; iterating ends, with this error if there is one. */
  end(failure: Error | undefined): void
}

export function receivedMessages(): ReceivedMessages {
  /** Calling an entry takes its message, and resolves the promise of its `push`. */
  const queue: (() => WsMessage)[] = []
  let ended = false
  let failure: Error | undefined
  let more = deferred<void>()
  const wake = (): void => {
    more.resolve()
    more = deferred()
  }
  function* taken(): Generator<WsMessage, void, undefined> {
    while (queue.length > 0) yield queue.shift()!()
    if (failure) throw failure
  }
  return {
    push: (message) =>
      new Promise((done) => {
        queue.push(() => {
          done()
          return message
        })
        wake()
      }),
    end(error) {
      ended = true
      failure = error
      wake()
    },
    [Symbol.iterator]: taken,
    [Symbol.asyncIterator]: () => leavable(taken, () => (ended ? undefined : more.promise), wake),
  }
}
