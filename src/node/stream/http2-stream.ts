import type { Http2Stream } from 'node:http2'
import type { Duplex, Readable } from 'node:stream'
import { nextTurn } from './next-turn.ts'
import { PORTION } from './portions.ts'

// Node calls listeners, and what they await, while nghttp2 is reading what has come. A stream that is closed or destroyed by
// them may end the process, by a double free: it has to be done in a turn of its own.

const NOTHING = new Uint8Array(0)

/** The error code that stands for TCP's RST on a stream of HTTP/2 (RFC 8441, section 5). */
const CANCEL = 0x8

/** How long a peer may take to read the rest, or the next part of an answer, in milliseconds. */
const LINGER = 5_000

/**
 * How long it may take to tell that it needs no end of ours, in milliseconds, until ours is ended, too. Node says that by
 * END_STREAM, although it is told to cancel the stream: to servers, many resets are an attack, for which they close the
 * connection. We do not end ours at once, since Hypercorn 0.18 closes the connection for that.
 */
const SOON = 1_000

/** Whether it is one of the streams that share a connection of HTTP/2. */
export function isHttp2Stream(stream: object): stream is Http2Stream {
  return 'rstCode' in stream
}

/**
 * Ends a stream when all that was written is sent. With HTTP/2, a peer that has not ended its side by then is told that it
 * need not (RFC 9113, section 8.1): some never do.
 */
export function end(stream: Duplex): void {
  if (isHttp2Stream(stream)) {
    stream.once('finish', close)
    if (stream.writableLength > PORTION) {
      // Node would end it with the portion that is being written, and not send the others.
      stream.write(NOTHING, () => stream.end())
      return
    }
  }
  stream.end()
}

function isEnding(stream: Http2Stream): boolean {
  return stream.writableEnded || stream.listeners('finish').includes(close)
}

function close(this: Http2Stream): void {
  nextTurn(() => {
    if (!this.readableEnded) this.close()
  })
}

/**
 * Drops a stream at once; one of HTTP/2 without its connection. When the peer has ended its side, what was written is still
 * sent, as TCP does with what it has been given.
 */
export function reset(stream: Readable): void {
  if (stream.destroyed || !isHttp2Stream(stream)) {
    stream.destroy()
  } else if (stream.readableEnded) {
    const timer = setTimeout(() => cancel(stream), isEnding(stream) ? LINGER : SOON)
    stream.once('close', () => clearTimeout(timer))
  } else {
    cancel(stream)
  }
}

/** Drops a stream of HTTP/2 whose peer does not read the answer that is written to it. */
export function dropUnread(stream: Http2Stream): void {
  let waited = false
  const timer = setInterval(() => {
    const waits = stream.writableNeedDrain || stream.writableEnded
    if (waits && waited) cancel(stream)
    waited = waits
  }, LINGER)
  stream.on('drain', () => {
    waited = false
  })
  stream.once('close', () => clearInterval(timer))
}

function cancel(stream: Http2Stream): void {
  nextTurn(() => {
    // Node's `destroy` alone would say NO_ERROR.
    stream.close(CANCEL)
    stream.destroy()
  })
}
