import { Duplex } from 'node:stream'
import type { DefaultWebSocketSession } from '../session/session.ts'
import { cleanEnd, nextMessage, reasonFor } from '../session/streaming.ts'

/**
 * A session as a stream of Node, for libraries written for TCP: it reads the bytes of messages, text in UTF-8, and writes
 * a binary message for each chunk. Whichever side is slow stops the other.
 *
 * When the connection has been closed in order, it ends, and closes unless something is still piped into it; otherwise,
 * and if the peer closes with anything but 1000, 1001 or no code, it is destroyed with an error, after what came before. A WebSocket cannot end one half: `end()` closes the session with
 * 1000, and so does `destroy()`; `destroy(error)` closes it with 1011. A handler of the session can wait with
 * `await session.closed`.
 */
export function duplex(session: DefaultWebSocketSession): Duplex {
  const { incoming, closed } = session
  const frames = incoming[Symbol.asyncIterator]()
  const stream = new Duplex({
    // The session has a queue of its own, and what waits in the stream's is lost when it is destroyed.
    readableHighWaterMark: 1,
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
  stream.on('end', () => {
    // Libraries wait for 'close', which sockets emit by themselves. Whatever is piped into the stream ends it, later.
    const pipedInto = stream.listenerCount('unpipe') + stream.listenerCount('drain') > 0
    if (!pipedInto) stream.end()
  })
  // A peer could end the process otherwise, by going away where nobody listens.
  stream.on('error', () => {})
  return stream
}
