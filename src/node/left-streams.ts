import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../websocket/clock.ts'

/** How long other listeners may take before they write to a stream that is left to them, or read it, in milliseconds. */
const PATIENCE = 10_000

/** How many handlers of ours decide about a stream, of whichever server they are. */
const deciding = new WeakMap<Duplex, number>()

/** Streams that other listeners may take, of which there may be none. */
export interface LeftStreams {
  /** A handler of ours takes its time to decide about the stream, until the function that is returned is called. */
  decides(stream: Duplex): () => void
  /**
   * Leaves the stream to the others; `forgotten` is called when nobody has taken it in time. Node would not close it even
   * when its client does.
   */
  leave(stream: Duplex, forgotten: () => void): void
}

export function leftStreams(clock: Clock): LeftStreams {
  function leave(stream: Duplex, forgotten: () => void): void {
    if (!(stream instanceof Socket)) return
    const { bytesWritten } = stream
    clock.after(PATIENCE, () => {
      if (stream.destroyed || stream.writableEnded) return
      if (stream.bytesWritten !== bytesWritten || isRead(stream)) return
      if ((deciding.get(stream) ?? 0) > 0) {
        leave(stream, forgotten)
      } else {
        // Others of ours may have left it at the same time.
        decides(stream)
        forgotten()
      }
    })
  }
  return { decides, leave }
}

function decides(stream: Duplex): () => void {
  deciding.set(stream, (deciding.get(stream) ?? 0) + 1)
  return () => deciding.set(stream, (deciding.get(stream) ?? 1) - 1)
}

function isRead(stream: Duplex): boolean {
  return stream.listenerCount('data') + stream.listenerCount('readable') > 0
}
