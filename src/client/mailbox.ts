import { OverflowException } from '../websocket/errors.ts'
import { INBOUND_MARK } from '../websocket/socket/socket-settings.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { type Listeners, listen, tell } from './listeners.ts'

/** Delivers messages in order, holds them until somebody listens, and counts them until they have been handled. */
interface Mailbox {
  deliver(message: WsMessage): void
  onMessage(fn: (message: WsMessage) => unknown): () => void
  /** The consumer is done setting listeners. */
  settle(): void
}

/**
 * `fault` is called with what listeners throw or reject with, `overflow` when more came than was handled, and `report`
 * when messages are dropped for the first time: there is no listener for them, and there will be none.
 */
export function mailbox(
  fault: (error: Error) => void,
  overflow: (why: string) => void,
  report: (error: Error) => void,
): Mailbox {
  const readers: Listeners<WsMessage> = new Set()
  let held: WsMessage[] = []
  let settled = false
  let told = false
  let bytes = 0
  let messages = 0

  const count = ({ byteLength }: WsMessage, times: number): void => {
    bytes += byteLength * times
    messages += times
  }
  const regulate = (): void => {
    // A single message may have more bytes: it has a limit of its own.
    if (messages <= INBOUND_MARK.messages && (bytes <= INBOUND_MARK.bytes || messages < 2)) return
    if (readers.size > 0 || !settled) {
      overflow('more messages came than were handled')
    } else {
      for (const message of held) count(message, -1)
      // Once, or a server could fill the console.
      if (!told) {
        report(new OverflowException(`${held.length} messages were dropped: no listener was set`))
      }
      told = true
      held = []
    }
  }
  const release = (): void => {
    while (readers.size > 0 && held.length > 0) {
      const message = held.shift()!
      // Counted once for each listener that handles it, and no longer as held.
      count(message, readers.size - 1)
      tell(readers, message, fault, () => count(message, -1))
    }
    regulate()
  }

  return {
    deliver(message) {
      held.push(message)
      count(message, 1)
      release()
    },
    onMessage(fn) {
      queueMicrotask(release)
      return listen(readers, fn)
    },
    settle() {
      settled = true
      regulate()
    },
  }
}
