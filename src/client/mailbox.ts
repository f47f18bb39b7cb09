import { INBOUND_MARK } from '../websocket/socket-settings.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { attempt } from './attempt.ts'
import { listen, listeners } from './listeners.ts'

/** What a mailbox tells its socket. */
interface MailboxOwner {
  /** A listener threw or rejected. */
  fault(error: Error): void
  /** More came than was handled. */
  overflow(): void
  /** So many went: there was no listener for them, and there will be none. */
  dropped(messages: number): void
}

/** What came: delivered in order, held until somebody listens, and counted until it has been handled. */
interface Mailbox {
  deliver(message: WsMessage): void
  onMessage(fn: (message: WsMessage) => unknown): () => void
  /** The consumer is done setting listeners. */
  settle(): void
}

export function mailbox({ fault, overflow, dropped }: MailboxOwner): Mailbox {
  const readers = listeners<WsMessage>()
  let held: WsMessage[] = []
  let settled = false
  let bytes = 0
  let messages = 0

  const count = (message: WsMessage, sign: 1 | -1): void => {
    bytes += message.byteLength * sign
    messages += sign
  }
  const regulate = (): void => {
    // A single message may have more bytes: it has a limit of its own.
    if (messages <= INBOUND_MARK.messages && (bytes <= INBOUND_MARK.bytes || messages < 2)) return
    if (settled && readers.all.length === 0) {
      for (const message of held) count(message, -1)
      dropped(held.length)
      held = []
    } else {
      overflow()
    }
  }
  const release = (): void => {
    while (readers.all.length > 0 && held.length > 0) {
      const message = held.shift()!
      count(message, -1)
      for (const listener of readers.all) {
        count(message, 1)
        attempt(
          () => listener(message),
          fault,
          () => count(message, -1),
        )
      }
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
