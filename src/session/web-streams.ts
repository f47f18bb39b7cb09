import { checkMessages } from './channel/incoming-channel.ts'
import { checkWhole } from './channel/message-frames.ts'
import type { DefaultWebSocketSession } from './session.ts'
import { endError } from './session-end.ts'
import { cleanEnd, nextMessage, reasonFor } from './streaming.ts'

/** Both directions of a session as streams of messages: text as strings, binary as bytes. */
export interface WebStreams {
  readonly readable: ReadableStream<string | Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<string | Uint8Array>
}

/**
 * A session as a pair of Web Streams, in the shape of `WebSocketStream`. A chunk is a message. Nothing is read ahead, and
 * a write waits as `session.send` does, so that whichever side is slow stops the other.
 *
 * `readable` ends when the connection has been closed in order; otherwise, and if the peer closes with anything but 1000,
 * 1001 or no code, it errors, after what came before.
 * `writable.close()` closes the session with 1000, and rejects unless that ends in order; once the session has ended,
 * `writable` errors. Cancelling `readable` or aborting `writable` closes the session, too: without a reason with 1000,
 * with the reason if that is a `CloseReason`, and else with 1011. Throws a `TypeError` for a session of fragments.
 */
export function webStreams(session: DefaultWebSocketSession): WebStreams {
  const { incoming, closed } = session
  checkMessages(incoming)
  const frames = incoming[Symbol.asyncIterator]()
  const readable = new ReadableStream<string | Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const frame = await nextMessage(frames, closed)
        if (frame === undefined) {
          controller.close()
        } else {
          checkWhole(frame)
          controller.enqueue(frame.type === 'text' ? frame.readText() : frame.data)
        }
      },
      cancel(reason) {
        incoming.cancel()
        void session.close(reasonFor(reason))
      },
    },
    // The session has a queue of its own.
    { highWaterMark: 0 },
  )
  /** Gives up the write that waits: `abort` is not called before it has settled. */
  let stopWaiting: (reason: unknown) => void = () => {}
  const writable = new WritableStream<string | Uint8Array>({
    start(controller) {
      const { signal } = controller
      signal.addEventListener('abort', () => stopWaiting(signal.reason))
      void closed.then((record) => controller.error(endError(record)))
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stopWaiting = reject
        session.send(chunk).then(resolve, reject)
      }),
    close: () => cleanEnd(session.close()),
    abort(reason) {
      void session.close(reasonFor(reason))
    },
  })
  return { readable, writable }
}
