import type { Received } from '../websocket/ws-client.ts'
import type { WsMessage } from '../websocket/ws-message.ts'

/** What came and was not taken. */
export interface ReceivedMessages extends Received {
  /** Resolves when the message is taken. */
  push(message: WsMessage): Promise<void>
  /** No more will come; iterating ends, with this error if there is one. */
  end(failure: unknown): void
}

export function receivedMessages(): ReceivedMessages {
  const queue: { readonly message: WsMessage; taken(): void }[] = []
  let ended = false
  let failure: unknown
  const wakers: (() => void)[] = []
  const wake = (): void => {
    for (const waker of wakers.splice(0)) waker()
  }
  function* taken(): Generator<WsMessage, void, undefined> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      next.taken()
      yield next.message
    }
    if (failure !== undefined) throw failure
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
        await new Promise<void>((resolve) => wakers.push(resolve))
      }
    },
  }
}
