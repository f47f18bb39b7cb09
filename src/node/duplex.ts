import { Duplex } from 'node:stream'
import type { DefaultWebSocketSession } from '../session/session.ts'
import { cleanEnd, nextMessage, reasonFor } from '../session/streaming.ts'

/**
 * A session as a stream of Node, for libraries written for TCP: it reads the bytes of messages, text in UTF-8, and writes
 * a binary message for each chunk. Whichever side is slow stops the other.
 *
 * It ends when the connection has been closed in order; otherwise it is destroyed with an error, after what came before.
 * A WebSocket cannot end one half: `end()` closes the session with 1000, and so does `destroy()`; `destroy(error)` closes
 * it with 1011. A handler of the session can wait with `await session.closed`.
 */
export function duplex(session: DefaultWebSocketSession): Duplex {
  const { incoming, closed } = session
  const frames = incoming[Symbol.asyncIterator]()
  const stream = new Duplex({
    read() {
      nextMessage(frames, closed).then(
        (frame) => this.push(frame === undefined ? null : frame.data),
        (error) => this.destroy(error),
      )
    },
    write(chunk: Uint8Array, _encoding, done) {
      session.send(chunk).then(() => done(), done)
    },
    final(done) {
      cleanEnd(session.close()).then(() => done(), done)
    },
    destroy(error, done) {
      incoming.cancel()
      void session.close(reasonFor(error))
      done(error)
    },
  })
  // A peer could end the process otherwise, by going away where nobody listens.
  stream.on('error', () => {})
  return stream
}
